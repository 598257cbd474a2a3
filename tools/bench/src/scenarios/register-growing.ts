import { DiskFaults } from '@service-center/testbed';

import { registerFor } from '../load/registration-load.ts';
import { measureSyncLatencyMs, median } from '../machine/sync-latency.ts';
import { makeDataDirectory, MeasuredServer } from './measured-server.ts';
import type { Figure, Scenario, ScenarioOptions } from './scenario.ts';

const settings = [
  { name: 'register', syncDelayMs: 0, wanted: 8000 },
  { name: 'register, 5 ms added to each sync', syncDelayMs: 5, wanted: 4000 },
] as const;

/** New instances arrive on 100 connections and every one is on disk before it is acknowledged. */
export const registerGrowing: Scenario = {
  name: 'register',
  about: 'register new instances on 100 connections, durable, the registry growing',
  async measure(options) {
    const figures: Figure[] = [];
    for (const setting of settings) figures.push(await measureSetting(setting, options));
    return figures;
  },
};

async function measureSetting(
  setting: (typeof settings)[number],
  options: ScenarioOptions,
): Promise<Figure> {
  const dataDirectory = await makeDataDirectory();
  const syncLatencyMs = await measureSyncLatencyMs(dataDirectory);
  await using faults = await DiskFaults.prepare({
    directory: dataDirectory,
    syncDelayMs: setting.syncDelayMs,
  });
  await using server = await MeasuredServer.start(
    {
      environment: setting.syncDelayMs > 0 ? faults.environment : {},
      flags: ['--set', 'quota.cap.instance.limit=10000000'],
    },
    dataDirectory,
  );
  const rates: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const serviceId = await server.client.registerService(`growing-${round}`);
    rates.push(await registerFor(options.seconds, server.baseUrl, serviceId));
  }
  const rate = median(rates);
  return {
    name: setting.name,
    measured: `${Math.round(rate)}/s (a sync takes ${(syncLatencyMs + setting.syncDelayMs).toFixed(2)} ms)`,
    wanted: `>= ${setting.wanted}/s`,
    isReached: rate >= setting.wanted,
  };
}
