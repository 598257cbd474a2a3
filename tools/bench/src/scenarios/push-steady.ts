import { setTimeout as sleep } from 'node:timers/promises';

import { watcher } from '../load/channels/watcher.ts';
import { readPushDurations } from '../load/push-durations.ts';
import { monotonicMs } from '../machine/monotonic-time.ts';
import { quantile } from '../machine/quantile.ts';
import { changeStatus } from './push-parties.ts';
import { PushScene, subscribers } from './push-scene.ts';
import type { Scenario } from './scenario.ts';

const providers = 1000;
const changesPerSecond = 1000;
/** So long that the history of the embedded store, of 100,000 changes, is full: it would count as growth. */
const warmUpSeconds = 110;
const seconds = 60;
const wantedMs = 50;
const wantedShare = 0.99;
const wantedGrowth = 0.05;
/** What the server remembers of pushes is to be full when the measurement begins, too. */
const smallLogs = [
  '--set',
  'registry.push.trace.maxBytes=4194304',
  '--set',
  'registry.push.log.maxChanges=5000',
];
/** More changes under way than this are a server that does not keep up. */
const maxUnderWay = 1000;

/** Every provider changes once a second, and each has a few subscribers. */
export const pushSteady: Scenario = {
  name: 'push-steady',
  about: `${changesPerSecond} changes a second over ${providers} providers with ${subscribers / providers} websocket subscribers each, ${seconds} s`,
  async measure() {
    await using scene = await PushScene.prepare(providers, smallLogs);
    const { server } = scene;
    const changes = new SteadyChanges(scene);
    using crowd = await scene.subscribe(watcher, (subscriber) => {
      changes.received(subscriber);
    });
    await changes.run(warmUpSeconds);
    const heldBefore = await server.heldBytes();
    changes.forgetTimes();
    const before = await readPushDurations(server.client, wantedMs);
    await server.begin();
    await changes.run(seconds);
    const { longestSliceMs, mainThreadMs } = await server.end();
    const after = await readPushDurations(server.client, wantedMs);
    const growth = (await server.heldBytes()) / heldBefore - 1;
    crowd.check();
    const { timesMs } = changes;
    const share = (after.within - before.within) / (after.all - before.all);
    const load = mainThreadMs / (seconds * 1000);
    return [
      {
        name: 'steady: commit to sent',
        measured: `${percent(share)} within ${wantedMs} ms (longest slice ${longestSliceMs.toFixed(1)} ms, main thread ${percent(load)})`,
        wanted: `>= ${percent(wantedShare)}`,
        isReached: share >= wantedShare,
      },
      {
        name: 'steady: asked to received, p99',
        measured: `${quantile(timesMs, 0.99).toFixed(1)} ms (median ${quantile(timesMs, 0.5).toFixed(1)})`,
        wanted: '',
        isReached: true,
      },
      {
        name: 'steady: growth of memory',
        measured: `${percent(growth)} of ${(heldBefore / 1e6).toFixed(0)} MB`,
        wanted: `<= ${percent(wantedGrowth)}`,
        isReached: growth <= wantedGrowth,
      },
    ];
  },
};

/** Makes changes at a steady pace and takes the time until each subscriber knows. */
class SteadyChanges {
  readonly #scene: PushScene;
  /** When the changes of each provider were asked for, in order. */
  readonly #askedMs: number[][];
  /** How many events each subscriber has received. */
  readonly #received = new Uint32Array(subscribers);
  #made = 0;
  #underWay = 0;
  #outstanding = 0;
  #timesMs: number[] = [];
  #failure: Error | undefined;

  constructor(scene: PushScene) {
    this.#scene = scene;
    this.#askedMs = scene.providers.map(() => []);
  }

  /** From the request for a change to its event at a subscriber, for each event. */
  get timesMs(): readonly number[] {
    return this.#timesMs;
  }

  forgetTimes(): void {
    this.#timesMs = [];
  }

  /** A subscriber has received an event: events of one provider come in order. */
  received(subscriber: number): void {
    const event = this.#received[subscriber] ?? 0;
    this.#received[subscriber] = event + 1;
    this.#outstanding--;
    const askedMs = this.#askedMs[subscriber % providers]?.[event];
    if (askedMs !== undefined) this.#timesMs.push(monotonicMs() - askedMs);
  }

  /** @throws Error when a change is refused, or the server does not keep up, or an event does not come */
  async run(forSeconds: number): Promise<void> {
    const startMs = monotonicMs();
    for (let due = 0; due < forSeconds * changesPerSecond;) {
      await sleep(1);
      const passed = (monotonicMs() - startMs) * (changesPerSecond / 1000);
      for (; due < passed; due++) this.#change();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#underWay > maxUnderWay) throw new Error(`${this.#underWay} changes are under way`);
    }
    for (let waited = 0; this.#underWay > 0 || this.#outstanding > 0; waited++) {
      if (waited > 1000) throw new Error(`${this.#outstanding} events did not come`);
      await sleep(10);
    }
  }

  #change(): void {
    const index = this.#made % providers;
    const isEven = Math.floor(this.#made / providers) % 2 === 0;
    this.#made++;
    const provider = this.#scene.providers[index];
    if (provider === undefined) return;
    this.#askedMs[index]?.push(monotonicMs());
    this.#underWay++;
    this.#outstanding += subscribers / providers;
    changeStatus(this.#scene.server.client, provider, isEven ? 'OUTOFSERVICE' : 'UP')
      .catch((error: unknown) => {
        this.#failure ??= new Error('a change failed', { cause: error });
      })
      .finally(() => {
        this.#underWay--;
      });
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
