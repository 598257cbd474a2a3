import { setTimeout as sleep } from 'node:timers/promises';

import { compareCaches } from './judgement/cache-comparison.ts';
import type { FaultFigures } from './fault-figures.ts';
import { FaultLoad, type LogView } from './load/fault-load.ts';
import type { FaultScene } from './scene/fault-scene.ts';

/** How long after a recovery heartbeats may be refused, milliseconds. */
const recoveryLimitMs = 10_000;
const catchUpLimitMs = 30_000;
const lookMs = 20;

/** What a {@link FaultStage} works with. */
export interface FaultStageOptions {
  readonly scene: FaultScene;
  readonly random: () => number;
  readonly figures: FaultFigures;
}

/** Where a fault plays: a scene with a load on it, and the questions that are asked after every fault. */
export class FaultStage {
  readonly scene: FaultScene;
  readonly random: () => number;
  readonly figures: FaultFigures;
  readonly #loads = new AsyncDisposableStack();
  #load: FaultLoad | undefined;
  #loadCount = 0;
  /** How the log of the present load is to be read; undefined: as it is. */
  views: readonly LogView[] | undefined;

  constructor({ scene, random, figures }: FaultStageOptions) {
    this.scene = scene;
    this.random = random;
    this.figures = figures;
  }

  /** The load that is judged at the end. @throws Error when there is none */
  get load(): FaultLoad {
    if (this.#load === undefined) throw new Error('no load is on');
    return this.#load;
  }

  /** A moment between two bounds, milliseconds. */
  between(fromMs: number, toMs: number): number {
    return fromMs + this.random() * (toMs - fromMs);
  }

  /** Lets the load go on for a while. */
  async last(fromMs: number, toMs: number = fromMs): Promise<void> {
    await sleep(this.between(fromMs, toMs));
  }

  /** One of several. @throws Error for none */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.random() * choices.length)];
    if (choice === undefined) throw new Error('there is nothing to choose from');
    return choice;
  }

  /** Begins a load; one that is on goes on, with its writers paused. */
  async startLoad(): Promise<void> {
    const { scene, random, figures } = this;
    const name = `load-${++this.#loadCount}`;
    this.views = undefined;
    this.#load = this.#loads.use(await FaultLoad.start({ scene, name, random, figures }));
  }

  /** The fault is over: measures how long it takes until every instance is served again. */
  async recovered(): Promise<void> {
    this.figures.recoveryMs = Math.max(this.figures.recoveryMs, await this.#untilServed());
  }

  /** The fault goes on, but need not concern anybody any longer: measures how long it does. */
  async gotRound(): Promise<void> {
    this.figures.failoverMs = Math.max(this.figures.failoverMs, await this.#untilServed());
  }

  async #untilServed(): Promise<number> {
    const { instances } = this.load;
    const startMs = performance.now();
    while (instances.some(({ servedMs }) => servedMs < startMs)) {
      if (performance.now() - startMs > recoveryLimitMs) {
        this.figures.blame(`heartbeats were not answered within ${recoveryLimitMs} ms`);
        break;
      }
      await sleep(lookMs);
    }
    return performance.now() - startMs;
  }

  /** Lets writers pause and waits until all caches equal the store; measures how long that takes. */
  async catchUp(): Promise<void> {
    await this.load.pauseWriters();
    const startMs = performance.now();
    for (;;) {
      const differences = await this.#differences();
      const tookMs = performance.now() - startMs;
      this.figures.caughtUpMs = Math.max(this.figures.caughtUpMs, tookMs);
      if (differences.length === 0) return;
      if (tookMs > catchUpLimitMs) {
        for (const difference of differences) this.figures.blame(difference);
        return;
      }
      await sleep(lookMs);
    }
  }

  /** Ends the writing of the present load, and judges it. */
  async judge(): Promise<void> {
    await this.catchUp();
    await this.load.checkStored();
    await this.load.judge(this.views);
  }

  /** Ends all loads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loads[Symbol.asyncDispose]();
  }

  async #differences(): Promise<readonly string[]> {
    const stored = await this.scene.store.dump(AbortSignal.timeout(catchUpLimitMs));
    const found = await Promise.all(
      this.scene.servers.map((server) => compareCaches(server, stored)),
    );
    return found.flat();
  }
}
