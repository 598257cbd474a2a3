import { EtcdScene } from '../etcd/etcd-scene.ts';
import { fillRegistry } from '../etcd/fill-registry.ts';
import { anonymousMemoryMiB } from '../machine/process-memory.ts';
import { median } from '../machine/sync-latency.ts';
import type { Scenario } from './scenario.ts';

const services = 10_000;
const instancesPerService = 10;
const wantedStartMs = 10_000;

/** A server starts on an etcd that holds a big registry. */
export const etcdRestart: Scenario = {
  name: 'etcd-restart',
  about: `start with ${services * instancesPerService} instances of ${services} services in etcd`,
  async measure({ rounds }) {
    await using scene = await EtcdScene.prepare();
    const first = await scene.startServer();
    const instances = await fillRegistry(scene.etcd, scene.clientOf(first), {
      services,
      instancesPerService,
    });
    await first.end('SIGTERM');
    const startsMs: number[] = [];
    const memoryMiB: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const again = await scene.startServer();
      startsMs.push(again.startMs);
      memoryMiB.push(await anonymousMemoryMiB(again.pid));
      const found = await scene.clientOf(again).find('testbed', `service-${services - 1}`, '');
      if (found.instances.size !== instancesPerService) {
        throw new Error(`${found.instances.size} instances of a service right after the start`);
      }
      await again.end('SIGTERM');
    }
    const startMs = median(startsMs);
    return [
      {
        name: 'start on a full etcd to ready',
        measured: `${Math.round(startMs)} ms (${instances} instances, ${Math.round(median(memoryMiB))} MiB)`,
        wanted: `<= ${wantedStartMs} ms`,
        isReached: startMs <= wantedStartMs,
      },
    ];
  },
};
