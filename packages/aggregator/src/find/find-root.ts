import type { Tenant } from '@service-center/sdcommon';

import type { EncodedFindAnswer } from './encoded-find-answer.ts';
import type { Resolution } from './find-answer.ts';

/** The name a find request asks for: a service name or an alias, in one environment of one application. */
export interface FindRootName {
  readonly tenant: Tenant;
  readonly environment: string;
  readonly appId: string;
  readonly serviceName: string;
}

// A map entry, the objects behind it and its share of the tables, measured on Node 26 and rounded up.
const rootBytes = 600;
const requestBytes = 120;
const resultBytes = 400;

/** Everything cached for one name. Part of the list in which the cache keeps names by their last use. */
export class FindRoot {
  readonly name: FindRootName;
  readonly #requests = new Map<string, EncodedFindAnswer>();
  readonly #results = new Map<string, EncodedFindAnswer>();
  #bytes = rootBytes;
  /** The root used next before this one. */
  older: FindRoot | undefined;
  /** The root used next after this one. */
  newer: FindRoot | undefined;

  constructor(name: FindRootName) {
    this.name = name;
  }

  /** What all answers and the tables to find them take, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The answer to a request that was made before. */
  get(requestKey: string): EncodedFindAnswer | undefined {
    return this.#requests.get(requestKey);
  }

  /** The answer that another request has, because it selects the same services. */
  result(resolution: Resolution): EncodedFindAnswer | undefined {
    return this.#results.get(resultKey(resolution));
  }

  /** Keeps the answer to a request, and for requests to come that select the same. */
  add(requestKey: string, resolution: Resolution, answer: EncodedFindAnswer): void {
    this.#requests.set(requestKey, answer);
    this.#bytes += requestBytes + requestKey.length;
    const key = resultKey(resolution);
    if (this.#results.has(key)) return;
    this.#results.set(key, answer);
    this.#bytes += resultBytes + key.length + answer.size;
  }

  /** Counts bytes that an answer of this root has gained. */
  grow(bytes: number): void {
    this.#bytes += bytes;
  }

  /**
   * Drops all answers and marks them as overtaken.
   *
   * @param except - is dropped, but stays current
   */
  expire(except?: EncodedFindAnswer): void {
    for (const answer of this.#results.values()) if (answer !== except) answer.expire();
    this.#requests.clear();
    this.#results.clear();
    this.#bytes = rootBytes;
  }
}

// Newest version first is part of the answer, so the order belongs to the key.
function resultKey({ serviceIds, isFiltered }: Resolution): string {
  return `${isFiltered ? '-' : '+'}${serviceIds.join('\0')}`;
}
