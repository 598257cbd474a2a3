import { EmbeddedKvStore } from '@service-center/backend-embedded';
import { KvBackend } from '@service-center/backend-kv';
import { silentLogger } from '@service-center/sdcommon';
import {
  describeBackend,
  ManualClock,
  type BackendUnderTest,
} from '@service-center/sdcommon/testing';

import { ScratchDirectory } from './scratch-directory.ts';

async function open(): Promise<BackendUnderTest> {
  const scratch = await ScratchDirectory.create();
  const clock = new ManualClock();
  const openStore = (): Promise<EmbeddedKvStore> =>
    EmbeddedKvStore.open({ directory: scratch.path, clock, logger: silentLogger });
  let store = await openStore();
  let backend = new KvBackend({ kind: 'embedded', store, clock });
  return {
    get backend() {
      return backend;
    },
    time: {
      advance: (ms) => clock.advance(ms),
      get pendingTimers() {
        return clock.pendingTimers;
      },
    },
    async putRaw(key, value) {
      await store.commit({ compares: [], success: [{ kind: 'put', key, value }] });
    },
    compact: (before) => store.compact(before.order),
    async reopen() {
      await backend.close();
      store = await openStore();
      backend = new KvBackend({ kind: 'embedded', store, clock });
    },
    async dispose() {
      await backend.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

describeBackend('embedded', {
  features: {
    minTtlSeconds: 1,
    expiryGraceMs: 1000,
    tellsCauses: true,
    compacts: true,
    keepsHistory: false,
    scriptRuns: 25,
    malformedKeys: [
      { type: 'SERVICE', key: '/cse-sr/ms/files/lonely' },
      { type: 'SERVICE_INDEX', key: '/cse-sr/ms/indexes/d/p/1.0.0' },
      { type: 'INSTANCE', key: '/cse-sr/inst/files/d/p' },
    ],
  },
  open,
});
