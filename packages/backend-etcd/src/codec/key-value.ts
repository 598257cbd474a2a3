import { isUtf8 } from 'node:buffer';

import type { KvRecord } from '@service-center/backend-kv';
import type { IKeyValue } from 'etcd3';

/** The text of a key; undefined when it is no valid UTF-8, so that nothing can name it (spec 00, decision 20). */
export function keyText(key: Buffer): string | undefined {
  return isUtf8(key) ? key.toString() : undefined;
}

/** A stored record; undefined when its key is no valid UTF-8. */
export function decodeKeyValue(stored: IKeyValue): KvRecord | undefined {
  const key = keyText(stored.key);
  if (key === undefined) return undefined;
  return {
    key,
    value: isUtf8(stored.value) ? stored.value.toString() : undefined,
    createRevision: BigInt(stored.create_revision),
    modRevision: BigInt(stored.mod_revision),
    version: BigInt(stored.version),
    lease: BigInt(stored.lease),
  };
}
