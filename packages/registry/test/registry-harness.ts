import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Aggregator } from '@service-center/aggregator';
import { EmbeddedBackend } from '@service-center/backend-embedded';
import {
  MetricRegistry,
  ServiceCenterError,
  silentLogger,
  SystemClock,
  type Clock,
  type ErrorName,
  type Logger,
} from '@service-center/sdcommon';
import { expect } from 'vitest';

import { defaultRegistryConfig, Registry, type RegistryConfig } from '../src/index.ts';

/** How a {@link RegistryHarness} differs from a server with default settings. */
export interface HarnessOptions {
  readonly config?: Partial<RegistryConfig>;
  /** What the registry's own waits go by; the store and the caches live in real time. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /** An existing directory, which is left in place. */
  readonly directory?: string;
}

/** A registry over a real store in a directory of its own. */
export class RegistryHarness implements AsyncDisposable {
  readonly backend: EmbeddedBackend;
  readonly aggregator: Aggregator;
  readonly metrics: MetricRegistry;
  readonly registry: Registry;
  readonly #directory: string;
  readonly #isOwnDirectory: boolean;

  private constructor(
    backend: EmbeddedBackend,
    directory: string,
    { config, clock, logger, directory: given }: HarnessOptions,
  ) {
    const systemClock = new SystemClock();
    this.backend = backend;
    this.#directory = directory;
    this.#isOwnDirectory = given === undefined;
    this.metrics = new MetricRegistry();
    this.aggregator = new Aggregator({ backend, clock: systemClock, checkIntervalMs: 0 });
    this.registry = new Registry({
      backend,
      aggregator: this.aggregator,
      clock: clock ?? systemClock,
      logger: logger ?? silentLogger,
      metrics: this.metrics,
      config: { ...defaultRegistryConfig, ...config },
      server: { version: '1.2.3' },
    });
  }

  /** Opens a store and starts everything over it. */
  static async open(options: HarnessOptions = {}): Promise<RegistryHarness> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'registry-')));
    const backend = await EmbeddedBackend.open({
      directory,
      clock: new SystemClock(),
      logger: silentLogger,
    });
    const harness = new RegistryHarness(backend, directory, options);
    harness.registry.start();
    await harness.aggregator.start();
    return harness;
  }

  /** The value of a series. */
  metric(name: string, ...labels: readonly string[]): number | undefined {
    const snapshot = this.metrics.collect().find(({ spec }) => spec.name === name);
    const sample = snapshot?.samples.find(
      (each) => Object.values(each.labels).join() === labels.join(),
    );
    return typeof sample?.value === 'number' ? sample.value : sample?.value.count;
  }

  /** Stops everything; the caches have to be equal to the store at the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const check = await this.aggregator.check();
    await this.registry.close();
    await this.aggregator.close();
    await this.backend.close();
    if (this.#isOwnDirectory) await rm(this.#directory, { recursive: true, force: true });
    expect(check).toMatchObject({ isReached: true, isEqual: true });
  }
}

/** Waits until a condition holds. @throws Error after 10 s */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const clock = new SystemClock();
  const deadlineMs = clock.monotonicMs() + 10_000;
  while (!(await condition())) {
    if (clock.monotonicMs() > deadlineMs) throw new Error(`${what} did not come about`);
    await sleep(2);
  }
}

/** Expects a refusal by the name of its error, and by its detail when one is given. */
export async function expectRefusal(
  operation: () => unknown,
  errorName: ErrorName,
  detail?: string | RegExp,
): Promise<void> {
  let refusal: unknown;
  try {
    await operation();
  } catch (error) {
    refusal = error;
  }
  if (!ServiceCenterError.is(refusal)) throw new Error('it was not refused', { cause: refusal });
  expect(refusal.errorName).toBe(errorName);
  if (typeof detail === 'string') expect(refusal.detail).toBe(detail);
  if (detail instanceof RegExp) expect(refusal.detail).toMatch(detail);
}
