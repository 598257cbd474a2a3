import type { StoreHealth } from '@service-center/backend-kv';
import type { Clock, Logger } from '@service-center/sdcommon';

import { RpcError } from '../rpc/rpc-error.ts';
import type { EndpointRing } from './endpoint-ring.ts';
import type { Endpoint } from './endpoint.ts';

/** What an {@link EndpointProbe} works with. */
export interface EndpointProbeOptions {
  readonly ring: EndpointRing;
  readonly health: StoreHealth;
  readonly intervalMs: number;
  /**
   * How long a single configured endpoint may take to serve, milliseconds. With others it is the interval: a slow answer is
   * worth a look at them. Learned endpoints do not count.
   */
  readonly loneTimeoutMs: number;
  /** A read that needs the consent of the cluster. @throws RpcError */
  readonly ask: (endpoint: Endpoint, timeoutMs: number, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closing: AbortSignal;
}

/** Elections take one to two seconds; who waits for one to end should not wait as long again to hear of it. */
const asksPerIntervalWhileAway = 4;

/**
 * Asks the endpoint in use whether it serves, now and then and whenever a call failed, and turns to one that does.
 *
 * A broken connection shows by itself. What does not show: a peer that vanished without a word, a member that lost the
 * others, and that all is well again.
 *
 * A learned endpoint is turned to only when no configured one serves, as far as one can see at that moment.
 */
export class EndpointProbe {
  readonly #options: EndpointProbeOptions;
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: EndpointProbeOptions) {
    this.#options = options;
  }

  /** Begins to ask. */
  start(): void {
    const { clock, intervalMs, closing } = this.#options;
    if (closing.aborted) return;
    this.#cancelTimer = clock.schedule(intervalMs, () => {
      this.runNow();
    });
  }

  /** Asks now, unless that is under way. */
  runNow(): void {
    if (this.#running !== undefined || this.#options.closing.aborted) return;
    this.#cancelTimer?.();
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.start();
    });
  }

  /** Asks no more; the closing signal must be aborted. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    await this.#running;
  }

  /** Whether an endpoint serves, and answers within an interval. */
  async serves(endpoint: Endpoint): Promise<boolean> {
    const { intervalMs, closing } = this.#options;
    return (await this.#failureOf(endpoint, intervalMs, closing)) === undefined;
  }

  async #run(): Promise<void> {
    const { ring, health, logger, closing } = this.#options;
    const asked = ring.current;
    const failure = await this.#failureOf(asked, this.#patienceMs, closing);
    if (failure === undefined) return;
    const patienceEndMs = this.#patienceEndMs(asked, failure);
    const found = await this.#otherThan(asked, patienceEndMs);
    if (closing.aborted) return;
    if (found === undefined) {
      logger.error({ err: failure }, 'etcd: no endpoint serves');
      health.down(failure.message);
      await this.#waitForAny(patienceEndMs);
    } else {
      ring.use(found);
    }
  }

  /** How long the endpoint in use may take to answer. */
  get #patienceMs(): number {
    const { ring, intervalMs, loneTimeoutMs } = this.#options;
    return ring.configured.length > 1 ? intervalMs : loneTimeoutMs;
  }

  /**
   * From when on learned endpoints are looked at. A lone endpoint that answers, but has no leader, has its time for that
   * too: there may be an election, after which it serves like any other.
   */
  #patienceEndMs(asked: Endpoint, { failure }: RpcError): number {
    const { ring, clock, loneTimeoutMs } = this.#options;
    const isLone = ring.configured.length === 1 && !ring.isLearned(asked);
    const isElecting = isLone && asked.isConnected && failure !== 'timedOut';
    return clock.monotonicMs() + (isElecting ? loneTimeoutMs : 0);
  }

  /** Another endpoint that serves; undefined when none does, or it is too early for a learned one. */
  async #otherThan(asked: Endpoint, patienceEndMs: number): Promise<Endpoint | undefined> {
    const { ring, clock, closing } = this.#options;
    const others = ring.configured.filter((endpoint) => endpoint !== asked);
    const configured = await this.#firstServing(others, closing);
    if (configured !== undefined) return configured;
    if (clock.monotonicMs() < patienceEndMs) return undefined;
    const fallback = ring.learned.filter((endpoint) => endpoint !== asked);
    const learned = await this.#firstServing(fallback, closing);
    return learned && this.#unlessConfigured(learned, closing);
  }

  /** Each is asked at its own pace: one that is silent must not hold up the news that another one serves. */
  async #waitForAny(patienceEndMs: number): Promise<void> {
    const { ring, health, logger, closing } = this.#options;
    const over = new AbortController();
    const signal = AbortSignal.any([closing, over.signal]);
    const waiting = [
      ...ring.configured.map((endpoint) => this.#untilServing(endpoint, signal)),
      ...ring.learned.map((endpoint) => this.#untilFallback(endpoint, patienceEndMs, signal)),
    ];
    try {
      const found = await Promise.any(waiting);
      logger.info({ endpoint: found.target }, 'etcd: reached again');
      ring.use(found);
      health.up();
    } catch (error) {
      if (!closing.aborted) throw error;
    } finally {
      over.abort(new RpcError('unavailable', 'etcd: another endpoint serves'));
      await Promise.allSettled(waiting);
    }
  }

  async #untilServing(endpoint: Endpoint, signal: AbortSignal): Promise<Endpoint> {
    const { clock, intervalMs } = this.#options;
    while ((await this.#failureOf(endpoint, this.#patienceMs, signal)) !== undefined) {
      await clock.sleep(intervalMs / asksPerIntervalWhileAway, signal);
    }
    return endpoint;
  }

  /** Waits until a learned endpoint serves, and the patience with those that are configured ends, or their connections. */
  async #untilFallback(
    endpoint: Endpoint,
    patienceEndMs: number,
    signal: AbortSignal,
  ): Promise<Endpoint> {
    const { ring, clock, intervalMs } = this.#options;
    const isPatient = (): boolean =>
      clock.monotonicMs() < patienceEndMs && ring.configured.some(({ isConnected }) => isConnected);
    while (isPatient()) await clock.sleep(intervalMs / asksPerIntervalWhileAway, signal);
    return this.#unlessConfigured(await this.#untilServing(endpoint, signal), signal);
  }

  /** A configured endpoint, should one serve by now, in place of a learned one that does. */
  async #unlessConfigured(learned: Endpoint, signal: AbortSignal): Promise<Endpoint> {
    return (await this.#firstServing(this.#options.ring.configured, signal)) ?? learned;
  }

  async #firstServing(
    endpoints: readonly Endpoint[],
    signal: AbortSignal,
  ): Promise<Endpoint | undefined> {
    const { intervalMs } = this.#options;
    const asking = endpoints.map(async (endpoint) => {
      const failure = await this.#failureOf(endpoint, intervalMs, signal);
      if (failure !== undefined) throw failure;
      return endpoint;
    });
    try {
      return await Promise.any(asking);
    } catch {
      // Each has failed; the first failure of the endpoint in use is what is reported.
      return undefined;
    }
  }

  /** Why an endpoint does not serve; undefined when it does. A refusal is an answer too. */
  async #failureOf(
    endpoint: Endpoint,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<RpcError | undefined> {
    try {
      const isConnected = await endpoint.connect(timeoutMs, signal);
      // A call that cannot be sent is told why.
      if (!isConnected && !endpoint.isFailing) {
        return new RpcError('unavailable', `etcd ${endpoint.target}: cannot connect`);
      }
      await this.#options.ask(endpoint, timeoutMs, signal);
      return undefined;
    } catch (error) {
      if (!RpcError.is(error)) throw error;
      return error.isOfEndpoint ? error : undefined;
    }
  }
}
