import { EmbeddedKvStore } from '@service-center/backend-embedded';
import {
  describeKvBackend,
  describeKvStore,
  type KvStoreHarness,
  type KvStoreUnderTest,
} from '@service-center/backend-kv/testing';
import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';

import { ScratchDirectory } from './scratch-directory.ts';

async function open(): Promise<KvStoreUnderTest> {
  const scratch = await ScratchDirectory.create();
  const clock = new ManualClock();
  const openStore = (): Promise<EmbeddedKvStore> =>
    EmbeddedKvStore.open({ directory: scratch.path, clock, logger: silentLogger });
  let store = await openStore();
  return {
    get store() {
      return store;
    },
    time: {
      advance: (ms) => clock.advance(ms),
      get pendingTimers() {
        return clock.pendingTimers;
      },
    },
    async reopen() {
      await store.close();
      store = await openStore();
    },
    async dispose() {
      await store.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

const harness: KvStoreHarness = {
  features: { minTtlSeconds: 1, expiryGraceMs: 1000, tellsCauses: true, reopens: true },
  open,
};

describeKvStore('embedded', harness);
describeKvBackend('embedded', harness);
