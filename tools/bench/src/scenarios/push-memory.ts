import { setTimeout as sleep } from 'node:timers/promises';

import type { Channel } from '../load/channels/channel.ts';
import { serverSentEvents } from '../load/channels/server-sent-events.ts';
import { socketIo } from '../load/channels/socket-io.ts';
import { watcher } from '../load/channels/watcher.ts';
import { PushScene, subscribers } from './push-scene.ts';
import type { Figure, Scenario } from './scenario.ts';

const settleMs = 2000;

const channels = [
  { channel: watcher, wantedKilobytes: 12 },
  { channel: serverSentEvents, wantedKilobytes: undefined },
  { channel: socketIo, wantedKilobytes: undefined },
] as const;

/** Clients that watch while nothing happens. */
export const pushMemory: Scenario = {
  name: 'push-memory',
  about: `resident memory of the server for each of ${subscribers} idle subscribers, by channel`,
  async measure() {
    const figures: Figure[] = [];
    for (const { channel, wantedKilobytes } of channels) {
      figures.push(await measureChannel(channel, wantedKilobytes));
    }
    return figures;
  },
};

async function measureChannel(
  channel: Channel,
  wantedKilobytes: number | undefined,
): Promise<Figure> {
  await using scene = await PushScene.prepare(1000);
  const { server } = scene;
  const heldBefore = await server.heldBytes();
  const residentBefore = await server.residentBytes();
  using crowd = await scene.subscribe(channel, () => undefined);
  await sleep(settleMs);
  const held = ((await server.heldBytes()) - heldBefore) / subscribers;
  const resident = ((await server.residentBytes()) - residentBefore) / subscribers;
  crowd.check();
  return {
    name: `memory of an idle subscriber, ${channel.name}`,
    measured: `${kilobytes(resident)} resident (${kilobytes(held)} on the heap)`,
    wanted: wantedKilobytes === undefined ? '' : `<= ${wantedKilobytes} KB`,
    isReached: wantedKilobytes === undefined || resident <= wantedKilobytes * 1000,
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
