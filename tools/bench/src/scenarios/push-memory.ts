import { setTimeout as sleep } from 'node:timers/promises';

import { PushScene, subscribers } from './push-scene.ts';
import type { Scenario } from './scenario.ts';

const settleMs = 2000;
const wantedKilobytes = 12;

/** Clients that watch while nothing happens. */
export const pushMemory: Scenario = {
  name: 'push-memory',
  about: `resident memory of the server for each of ${subscribers} idle subscribers`,
  async measure() {
    await using scene = await PushScene.prepare(1000);
    const { server } = scene;
    const beforeBytes = await server.residentBytes();
    const heldBeforeBytes = await server.heldBytes();
    using crowd = await scene.watch(() => undefined);
    await sleep(settleMs);
    const heldBytes = ((await server.heldBytes()) - heldBeforeBytes) / subscribers;
    const residentBytes = ((await server.residentBytes()) - beforeBytes) / subscribers;
    crowd.check();
    return [
      {
        name: 'memory of an idle websocket',
        measured: `${kilobytes(residentBytes)} resident (${kilobytes(heldBytes)} held)`,
        wanted: `<= ${wantedKilobytes} KB`,
        isReached: residentBytes <= wantedKilobytes * 1000,
      },
    ];
  },
};

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
