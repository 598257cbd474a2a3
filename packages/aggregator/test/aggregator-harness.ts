import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  type CacheEvent,
  hasReached,
  MetricRegistry,
  type Position,
} from '@service-center/sdcommon';
import { ManualClock, ScriptedListWatch } from '@service-center/sdcommon/testing';
import { map } from 'rxjs';

import { Aggregator, type AggregatorOptions } from '../src/index.ts';
import { RecordingLogger } from './recording-logger.ts';

/** How many turns of the event loop something may take that depends on nothing else. */
const maxTurns = 2000;

/** Lets the event loop turn until a condition holds. @throws Error when it never does */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < maxTurns; turn++) {
    if (condition()) return;
    await nextTurn();
  }
  throw new Error(`${what} did not come about within ${maxTurns} turns of the event loop`);
}

/** An aggregator on a scripted feed and a clock that stands still, with everything it tells recorded. */
export class AggregatorHarness implements AsyncDisposable {
  readonly feed: ScriptedListWatch = new ScriptedListWatch();
  readonly clock: ManualClock = new ManualClock();
  readonly logger: RecordingLogger = new RecordingLogger();
  readonly metrics: MetricRegistry = new MetricRegistry();
  readonly aggregator: Aggregator;
  /** Whether the feed forgets to show changes, though its position goes on. */
  isLosingChanges = false;
  /** What the store says when it is asked for its position, if not the truth. */
  claimedPosition: Position | undefined;
  /** What the store's answer about its position has to wait for. */
  beforePosition: () => Promise<void> = async () => undefined;
  /** All events so far, in order. */
  readonly events: CacheEvent[] = [];

  constructor(options: Partial<AggregatorOptions> = {}) {
    this.aggregator = new Aggregator({
      backend: {
        feed: {
          types: this.feed.types,
          list: (listOptions) => this.feed.list(listOptions),
          watch: (watchOptions) =>
            this.feed
              .watch(watchOptions)
              .pipe(
                map((response) => (this.isLosingChanges ? { ...response, changes: [] } : response)),
              ),
        },
        position: async (signal) => {
          await this.beforePosition();
          return this.claimedPosition ?? this.feed.askPosition(signal);
        },
      },
      clock: this.clock,
      logger: this.logger,
      metrics: this.metrics,
      checkIntervalMs: 0,
      random: () => 0.5,
      ...options,
    });
    this.aggregator.events$.subscribe((event) => {
      this.events.push(event);
    });
  }

  /** Starts and waits until the first session is open. */
  async start(): Promise<this> {
    await this.aggregator.start();
    await this.watching();
    return this;
  }

  /** Waits until a session is open. */
  async watching(): Promise<void> {
    await until('a session', () => this.feed.sessionCount === 1);
  }

  /** Waits until the caches have passed a position; by default where the feed stands. */
  async reached(position: Position = this.feed.position): Promise<void> {
    await until(`position ${position.order}`, () => {
      const { position: own } = this.aggregator;
      return own !== undefined && hasReached(own, position);
    });
  }

  /** The events so far as text, and forgets them. */
  takeEvents(): readonly string[] {
    return this.events.splice(0).map(describeEvent);
  }

  /** The value of a metric with these label values. */
  metric(name: string, ...labels: readonly string[]): number | undefined {
    const snapshot = this.metrics.collect().find(({ spec }) => spec.name === name);
    const sample = snapshot?.samples.find(
      (each) => Object.values(each.labels).join() === labels.join(),
    );
    return typeof sample?.value === 'number' ? sample.value : sample?.value.count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.aggregator.close();
  }
}

/** Type and key of an event. */
export function describeEvent(event: CacheEvent): string {
  return `${event.type} ${event.resource.key}`;
}
