import { createHash, type Hash } from 'node:crypto';

import type { ResourceRecord, ResourceType } from '@service-center/sdcommon';

import type { TypeCheck } from './cache-check.ts';

const maxExamples = 10;

/** Compares the records of one type, given in the order of their keys. */
export class TypeComparison {
  readonly #type: ResourceType;
  readonly #store: Hash = createHash('sha1');
  readonly #cache: Hash = createHash('sha1');
  readonly #examples: string[] = [];
  #storeText = '';
  #cacheText = '';
  #compared = 0;
  #missing = 0;
  #stale = 0;
  #extra = 0;

  constructor(type: ResourceType) {
    this.#type = type;
  }

  /** @param stored - undefined for a key that is only cached */
  add(
    key: string,
    stored: ResourceRecord<ResourceType> | undefined,
    cached: ResourceRecord<ResourceType> | undefined,
  ): void {
    this.#compared++;
    if (stored !== undefined) this.#storeText += `${key}\n${stored.modRevision}\n`;
    if (cached !== undefined) this.#cacheText += `${key}\n${cached.modRevision}\n`;
    if (cached === undefined) this.#missing++;
    else if (stored === undefined) this.#extra++;
    else if (!isSame(stored, cached)) this.#stale++;
    else return;
    if (this.#examples.length < maxExamples) this.#examples.push(key);
  }

  /** Works off what was added. Calling the hash for each record alone would cost more than all the rest. */
  flush(): void {
    this.#store.update(this.#storeText);
    this.#cache.update(this.#cacheText);
    this.#storeText = '';
    this.#cacheText = '';
  }

  /** The result; nothing can be added afterwards. */
  finish(): TypeCheck {
    this.flush();
    return {
      type: this.#type,
      compared: this.#compared,
      storeDigest: this.#store.digest('hex'),
      cacheDigest: this.#cache.digest('hex'),
      missing: this.#missing,
      stale: this.#stale,
      extra: this.#extra,
      examples: this.#examples,
    };
  }
}

/** The content is compared too: a store that was put back may reach the same revision with something else. */
function isSame(left: ResourceRecord<ResourceType>, right: ResourceRecord<ResourceType>): boolean {
  return left.modRevision === right.modRevision && left.encoded === right.encoded;
}
