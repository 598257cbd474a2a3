import {
  FieldReader,
  JsonShapeError,
  JsonWriter,
  encodeText,
  versionNumber,
  type Logger,
  type ServerRecord,
  type ServerRecordRepository,
} from '@service-center/sdcommon';

import { serverRecordKey } from '../layout/store-keys.ts';
import { isUnchanged } from '../store/compares.ts';
import type { KvRecord } from '../store/kv-record.ts';
import type { KvStore } from '../store/kv-store.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';

/** The record `/cse-sr/sys` (spec 02 §1.7). */
export class KvServerRecordRepository implements ServerRecordRepository {
  readonly #store: KvStore;
  readonly #logger: Logger;

  constructor(options: { readonly store: KvStore; readonly logger: Logger }) {
    this.#store = options.store;
    this.#logger = options.logger;
  }

  async raise(record: ServerRecord): Promise<ServerRecord> {
    return retryOnConflict('the server record', async () => {
      const stored = await this.#store.get(serverRecordKey);
      const current = this.#decode(stored);
      if (
        current !== undefined &&
        versionNumber(current.version) >= versionNumber(record.version)
      ) {
        return current;
      }
      const { succeeded } = await this.#store.commit({
        compares: [isUnchanged(serverRecordKey, stored)],
        success: [{ kind: 'put', key: serverRecordKey, value: encodeServerRecord(record) }],
      });
      return succeeded ? record : undefined;
    });
  }

  /** A record that cannot be read counts as none and is written anew. */
  #decode(stored: KvRecord | undefined): ServerRecord | undefined {
    if (stored?.value === undefined) return undefined;
    try {
      const fields = FieldReader.parse(stored.value);
      return { version: fields.text('version'), environment: fields.text('environment') };
    } catch (error) {
      if (!(error instanceof JsonShapeError)) throw error;
      this.#logger.warn({ key: stored.key, err: error }, 'the server record cannot be read');
      return undefined;
    }
  }
}

function encodeServerRecord({ version, environment }: ServerRecord): string {
  return new JsonWriter()
    .keep('version', encodeText(version))
    .keep('environment', encodeText(environment))
    .end();
}
