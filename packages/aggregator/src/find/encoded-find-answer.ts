import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { ResourceRecord } from '@service-center/sdcommon';

import type { FindAnswer, Resolution } from './find-answer.ts';
import { findRevision } from './find-revision.ts';

const compress = promisify(gzip);

/** A {@link FindAnswer} as the cache keeps it. */
export class EncodedFindAnswer implements FindAnswer {
  readonly revision: string;
  readonly body: Buffer;
  readonly serviceIds: readonly string[];
  readonly count: number;
  readonly #onCompressed: (answer: EncodedFindAnswer) => void;
  #compressing: Promise<Buffer> | undefined;
  #gzipBody: Buffer | undefined;
  #isCurrent = true;

  /**
   * @param resolution - what the request selects
   * @param instances - the instances of the services, in the order of the answer
   * @param onCompressed - called once when there is a compressed body
   */
  constructor(
    resolution: Resolution,
    instances: readonly ResourceRecord<'INSTANCE'>[],
    onCompressed: (answer: EncodedFindAnswer) => void,
  ) {
    this.serviceIds = resolution.serviceIds;
    this.count = instances.length;
    this.revision = findRevision(
      instances,
      resolution.isFiltered ? resolution.serviceIds : undefined,
    );
    this.body = Buffer.from(encodeBody(instances));
    this.#onCompressed = onCompressed;
  }

  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get gzipBody(): Buffer | undefined {
    return this.#gzipBody;
  }

  /** What the answer takes in memory, bytes. */
  get size(): number {
    return this.body.length + (this.#gzipBody?.length ?? 0);
  }

  gzip(): Promise<Buffer> {
    this.#compressing ??= this.#compress();
    return this.#compressing;
  }

  /** Marks the answer as overtaken. */
  expire(): void {
    this.#isCurrent = false;
  }

  async #compress(): Promise<Buffer> {
    const compressed = await compress(this.body);
    this.#gzipBody = compressed;
    this.#onCompressed(this);
    return compressed;
  }
}

/**
 * Encodes an answer that no cache keeps, for a request that wants to know what the store holds.
 *
 * @param instances - of the services selected, in the order of the answer: newest version first, then as registered
 */
export function encodeFindAnswer(
  resolution: Resolution,
  instances: readonly ResourceRecord<'INSTANCE'>[],
): FindAnswer {
  return new EncodedFindAnswer(resolution, instances, () => undefined);
}

function encodeBody(instances: readonly ResourceRecord<'INSTANCE'>[]): string {
  if (instances.length === 0) return '{}';
  return `{"instances":[${instances.map(({ encoded }) => encoded).join(',')}]}`;
}
