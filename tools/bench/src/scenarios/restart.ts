import { anonymousMemoryMiB } from '../machine/process-memory.ts';
import { median } from '../machine/sync-latency.ts';
import { MeasuredServer } from './measured-server.ts';
import type { Scenario } from './scenario.ts';

const services = 10_000;
const instancesPerService = 10;
const wantedStartMs = 3000;
const wantedMemoryMiB = 450;

/** A big registry is stopped and started again. */
export const restart: Scenario = {
  name: 'restart',
  about: `start with ${services * instancesPerService} instances of ${services} services`,
  async measure(options) {
    await using filled = await MeasuredServer.start({
      flags: ['--set', 'quota.cap.service.limit=100000'],
    });
    await fill(filled);
    await filled.process.end('SIGTERM');
    const startsMs: number[] = [];
    const memoryMiB: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const again = await MeasuredServer.start({}, filled.dataDirectory);
      startsMs.push(again.process.startMs);
      memoryMiB.push(await anonymousMemoryMiB(again.process.pid));
      again.client[Symbol.dispose]();
      await again.process.end('SIGTERM');
    }
    const startMs = median(startsMs);
    const memory = median(memoryMiB);
    return [
      {
        name: 'restart to ready',
        measured: `${Math.round(startMs)} ms`,
        wanted: `<= ${wantedStartMs} ms`,
        isReached: startMs <= wantedStartMs,
      },
      {
        name: 'anonymous resident memory',
        measured: `${Math.round(memory)} MiB`,
        wanted: `<= ${wantedMemoryMiB} MB`,
        isReached: memory * 1.048_576 <= wantedMemoryMiB,
      },
    ];
  },
};

async function fill(server: MeasuredServer): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < services) {
      const index = next++;
      const serviceId = await server.client.registerService(
        `service-${index}`,
        `app-${index % 100}`,
      );
      for (let instance = 0; instance < instancesPerService; instance++) {
        // A lease that outlives the measurement: the instances are to be there after each restart.
        await server.client.registerInstance(serviceId, `instance-${index}-${instance}`, {
          interval: 600,
          times: 3,
        });
      }
    }
  };
  await Promise.all(Array.from({ length: 100 }, work));
}
