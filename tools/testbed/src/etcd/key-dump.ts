import { isUtf8 } from 'node:buffer';

import { field, text, type EtcdGateway } from './etcd-gateway.ts';

/** A key as etcd holds it. */
export interface EtcdKey {
  /** Text; what is not UTF-8 is written as `base64:` and its base64. So is the value. */
  readonly key: string;
  readonly value: string;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  /** How many times it was written since it was created. */
  readonly version: bigint;
  /** The lease it goes with; 0 for none. */
  readonly lease: bigint;
}

/** All keys under a prefix, at one revision. */
export interface EtcdKeyDump {
  readonly revision: bigint;
  /** In the order of their bytes. */
  readonly keys: readonly EtcdKey[];
}

const pageSize = 1000;

/**
 * Reads all keys under a prefix, at the revision that the store has now, page by page.
 *
 * @param prefix - `''` for every key
 */
export async function dumpKeys(gateway: EtcdGateway, prefix: string): Promise<EtcdKeyDump> {
  const end = prefixEnd(Buffer.from(prefix));
  // A key of one zero byte is the first there can be.
  let next = prefix === '' ? Buffer.of(0) : Buffer.from(prefix);
  let revision = '0';
  const keys: EtcdKey[] = [];
  for (;;) {
    const answer = await gateway.call('/v3/kv/range', {
      key: next.toString('base64'),
      range_end: end.toString('base64'),
      limit: String(pageSize),
      revision,
    });
    if (revision === '0') revision = text(field(answer, 'header'), 'revision');
    const page = field(answer, 'kvs') ?? [];
    if (!Array.isArray(page)) throw new Error('a range without a list of keys');
    const records: readonly unknown[] = page;
    keys.push(...records.map(readKey));
    if (field(answer, 'more') !== true) return { revision: BigInt(revision), keys };
    next = Buffer.concat([bytes(records.at(-1), 'key'), Buffer.of(0)]);
  }
}

/** Two lines for each key, to be compared as text: the key with its revisions and lease, and its value. */
export function renderKeyDump(dump: EtcdKeyDump): string {
  return dump.keys
    .map(
      ({ key, value, createRevision, modRevision, version, lease }) =>
        `${key} created ${createRevision} modified ${modRevision} version ${version} lease ${lease}\n  ${value}\n`,
    )
    .join('');
}

function readKey(record: unknown): EtcdKey {
  return {
    key: readable(bytes(record, 'key')),
    value: readable(bytes(record, 'value')),
    createRevision: BigInt(text(record, 'create_revision')),
    modRevision: BigInt(text(record, 'mod_revision')),
    version: BigInt(text(record, 'version')),
    lease: BigInt(text(record, 'lease')),
  };
}

function bytes(record: unknown, name: string): Buffer {
  const value = field(record, name) ?? '';
  if (typeof value !== 'string') throw new Error(`${name} is not base64`);
  return Buffer.from(value, 'base64');
}

function readable(content: Buffer): string {
  return isUtf8(content) ? content.toString() : `base64:${content.toString('base64')}`;
}

/** The first key after all that begin with a prefix; a zero byte means that there is none. */
function prefixEnd(prefix: Buffer): Buffer {
  const last = prefix.findLastIndex((byte) => byte < 0xff);
  if (last === -1) return Buffer.of(0);
  const end = Buffer.from(prefix.subarray(0, last + 1));
  end.writeUInt8(end.readUInt8(last) + 1, last);
  return end;
}
