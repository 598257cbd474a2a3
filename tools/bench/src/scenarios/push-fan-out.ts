import { setTimeout as sleep } from 'node:timers/promises';

import { PacedFinds, type TimedFind } from '../load/paced-finds.ts';
import { WatchCrowd } from '../load/watch-crowd.ts';
import { monotonicMs } from '../machine/monotonic-time.ts';
import { requireOpenFiles } from '../machine/open-files.ts';
import { moveToLoadProcessor } from '../machine/processors.ts';
import { quantile } from '../machine/quantile.ts';
import { ProbedServer } from '../probe/probed-server.ts';
import { changeStatus, registerConsumers, registerProviders } from './push-parties.ts';
import { atMost, type Figure, type Scenario } from './scenario.ts';

const subscribers = 10_000;
const consumers = 1000;
const changes = 100;
const findIntervalMs = 5;
const pauseMs = 50;

/** A change, from the moment at which it was asked for to that at which the last subscriber knew. */
interface TimedChange {
  readonly askedMs: number;
  readonly lastReceivedMs: number;
}

/** One provider changes, all subscribers are its own. */
export const pushFanOut: Scenario = {
  name: 'push-fan-out',
  about: `${changes} changes of a provider with ${subscribers} websocket subscribers, and finds meanwhile`,
  async measure() {
    await requireOpenFiles(subscribers);
    await moveToLoadProcessor();
    await using server = await ProbedServer.start(['--set', 'quota.cap.service.limit=100000']);
    const { client, baseUrl } = server;
    const [provider] = await registerProviders(client, 'provider', 1);
    if (provider === undefined) throw new Error('no provider');
    const consumerIds = await registerConsumers(
      client,
      'consumer',
      Array.from({ length: consumers }, () => provider),
    );
    let received = 0;
    let onAll = (): void => undefined;
    using crowd = await WatchCrowd.open({
      baseUrl,
      consumerIds: Array.from(
        { length: subscribers },
        (_, index) => consumerIds[index % consumers] ?? '',
      ),
      onPush: () => {
        received++;
        if (received % subscribers === 0) onAll();
      },
    });

    const timed: TimedChange[] = [];
    const slicesMs: number[] = [];
    await using finds = new PacedFinds({
      baseUrl,
      consumerId: consumerIds[0] ?? '',
      serviceName: provider.serviceName,
      intervalMs: findIntervalMs,
    });
    for (let change = 0; change < changes; change++) {
      const { promise: all, resolve } = Promise.withResolvers<number>();
      onAll = () => {
        resolve(monotonicMs());
      };
      await server.begin();
      const askedMs = monotonicMs();
      await changeStatus(client, provider, change % 2 === 0 ? 'OUTOFSERVICE' : 'UP');
      const lastReceivedMs = await all;
      const { longestSliceMs } = await server.end();
      crowd.check();
      timed.push({ askedMs, lastReceivedMs });
      slicesMs.push(longestSliceMs);
      await sleep(pauseMs);
    }
    const timedFinds = await finds.stop();
    return figures(timed, slicesMs, timedFinds);
  },
};

function figures(
  timed: readonly TimedChange[],
  slicesMs: readonly number[],
  finds: readonly TimedFind[],
): readonly Figure[] {
  const lastMs = timed.map(({ askedMs, lastReceivedMs }) => lastReceivedMs - askedMs);
  const meanwhile = finds
    .filter((find) =>
      timed.some(
        (change) =>
          find.askedMs <= change.lastReceivedMs && find.answeredMs >= change.askedMs,
      ),
    )
    .map(({ askedMs, answeredMs }) => answeredMs - askedMs);
  return [
    atMost('push to 10,000: longest slice', Math.max(...slicesMs), 20, ` (median ${quantile(slicesMs, 0.5).toFixed(1)})`),
    atMost('  asked to last received, p99', quantile(lastMs, 0.99), 250, ` (median ${quantile(lastMs, 0.5).toFixed(0)})`),
    atMost('  finds meanwhile, p99', quantile(meanwhile, 0.99), 30, ` (median ${quantile(meanwhile, 0.5).toFixed(1)}, ${meanwhile.length} finds)`),
  ];
}
