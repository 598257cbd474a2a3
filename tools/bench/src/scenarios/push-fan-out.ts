import { setTimeout as sleep } from 'node:timers/promises';

import type { RegistryClient } from '@service-center/testbed';

import { watcher } from '../load/channels/watcher.ts';
import { PacedFinds, type TimedFind } from '../load/paced-finds.ts';
import { readPushTrace } from '../load/push-trace.ts';
import { Tally } from '../load/tally.ts';
import { monotonicMs } from '../machine/monotonic-time.ts';
import { quantile } from '../machine/quantile.ts';
import type { ProbeAnswer } from '../probe/probe-answer.ts';
import { changeStatus } from './push-parties.ts';
import { PushScene, subscribers } from './push-scene.ts';
import { atMost, type Figure, type Scenario } from './scenario.ts';

const changes = 100;
const findIntervalMs = 5;
const pauseMs = 50;

/** A change, and how the server and its clients bore it. */
interface TimedChange {
  /** When it was asked for. */
  readonly askedMs: number;
  /** When the last subscriber knew. */
  readonly lastReceivedMs: number;
  /** From the commit until it was written to the last subscriber. */
  readonly commitToLastSentMs: number;
  readonly answer: ProbeAnswer;
}

/** One provider changes, all subscribers are its own. */
export const pushFanOut: Scenario = {
  name: 'push-fan-out',
  about: `${changes} changes of a provider with ${subscribers} websocket subscribers, and finds meanwhile`,
  async measure() {
    await using scene = await PushScene.prepare(1);
    const { server, consumerIds } = scene;
    const [provider] = scene.providers;
    if (provider === undefined) throw new Error('no provider');
    const tally = new Tally();
    using crowd = await scene.subscribe(watcher, () => {
      tally.add();
    });
    await using finds = new PacedFinds({
      baseUrl: server.baseUrl,
      consumerId: consumerIds[0] ?? '',
      serviceName: provider.serviceName,
      intervalMs: findIntervalMs,
    });
    const timed: TimedChange[] = [];
    for (let change = 0; change < changes; change++) {
      await sleep(pauseMs);
      const last = tally.next(subscribers);
      await server.begin();
      const askedMs = monotonicMs();
      await changeStatus(server.client, provider, change % 2 === 0 ? 'OUTOFSERVICE' : 'UP');
      const lastReceivedMs = await last;
      const answer = await server.end();
      const commitToLastSentMs = await lastSentMs(server.client, provider.serviceId);
      timed.push({ askedMs, lastReceivedMs, commitToLastSentMs, answer });
      crowd.check();
    }
    return figuresOf(timed, await finds.stop());
  },
};

async function lastSentMs(client: RegistryClient, serviceId: string): Promise<number> {
  const [push] = await readPushTrace(client, serviceId, 1);
  if (push?.sentAt.length !== subscribers) {
    throw new Error(`the trace shows ${push?.sentAt.length ?? 0} of ${subscribers} deliveries`);
  }
  return push.sentAt.reduce((last, sentAt) => Math.max(last, sentAt)) - push.committedAt;
}

function figuresOf(timed: readonly TimedChange[], finds: readonly TimedFind[]): readonly Figure[] {
  const sentMs = timed.map(({ commitToLastSentMs }) => commitToLastSentMs);
  const slicesMs = timed.map(({ answer }) => answer.longestSliceMs);
  const sliceCpuMs = timed.map(({ answer }) => answer.longestSliceCpuMs);
  const costMs = timed.map(({ answer }) => answer.mainThreadMs);
  const lastMs = timed.map(({ askedMs, lastReceivedMs }) => lastReceivedMs - askedMs);
  const findsMs = finds
    .filter(({ askedMs, answeredMs }) =>
      timed.some((change) => askedMs <= change.lastReceivedMs && answeredMs >= change.askedMs),
    )
    .map(({ askedMs, answeredMs }) => answeredMs - askedMs);
  return [
    atMost(
      'fan-out: longest slice',
      Math.max(...slicesMs),
      20,
      `${median(slicesMs)}, of the processor ${Math.max(...sliceCpuMs).toFixed(1)}`,
    ),
    atMost(
      'fan-out: commit to last sent, p99',
      quantile(sentMs, 0.99),
      250,
      `${median(sentMs)}, processor ${median(costMs)}`,
    ),
    {
      name: 'fan-out: asked to last received, p99',
      measured: `${quantile(lastMs, 0.99).toFixed(1)} ms (${median(lastMs)})`,
      wanted: '',
      isReached: true,
    },
    atMost('fan-out: finds meanwhile, p99', quantile(findsMs, 0.99), 30, median(findsMs)),
  ];
}

function median(values: readonly number[]): string {
  return `median ${quantile(values, 0.5).toFixed(1)}`;
}
