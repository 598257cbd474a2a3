import type { KvTransaction } from '@service-center/backend-kv';
import type { ITxnRequest } from 'etcd3';

/** The keys that a transaction, or a group of them, has to do with, whichever branch is taken. */
export interface TransactionFootprint {
  /** Compared or got. */
  readonly read: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
}

/**
 * The keys of a transaction; undefined when they cannot be listed, because it names prefixes, and when it deletes: why a
 * key was deleted is told by the revision of its deletion, so that has to be of one transaction.
 */
export function footprintOf({
  compares,
  success,
  failure = [],
}: KvTransaction): TransactionFootprint | undefined {
  const read = new Set<string>();
  const written = new Set<string>();
  for (const compare of compares) {
    if (compare.target === 'empty' || compare.target === 'noPutSince') return undefined;
    read.add(compare.key);
  }
  for (const operations of [success, failure]) {
    for (const operation of operations) {
      if (operation.kind === 'get') read.add(operation.key);
      else if (operation.kind === 'put') written.add(operation.key);
      else return undefined;
    }
  }
  return { read, written };
}

/** How much of a request's limits a transaction takes. */
export interface TransactionSize {
  /** The larger of its compares and its operations. */
  readonly steps: number;
  /** Encoded, at most, with the keys once more for what a group declares. */
  readonly bytes: number;
}

/** A revision or lease, tags and lengths around a key and a value take less. */
const bytesBesidesText = 64;

/** The size of an encoded transaction of compares, gets and puts. */
export function sizeOf({ compare = [], success = [], failure = [] }: ITxnRequest): TransactionSize {
  let bytes = 0;
  for (const { key } of compare) bytes += 2 * (bytesBesidesText + lengthOf(key));
  for (const operations of [success, failure]) {
    for (const { request_put: put, request_range: range } of operations) {
      bytes += 2 * (bytesBesidesText + lengthOf(put?.key ?? range?.key)) + lengthOf(put?.value);
    }
  }
  return { steps: Math.max(compare.length, success.length + failure.length), bytes };
}

function lengthOf(bytes: { readonly length: number } | undefined): number {
  return bytes?.length ?? 0;
}
