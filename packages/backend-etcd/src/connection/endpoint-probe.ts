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
  /** How long a single endpoint may take to answer. With others it is the interval: a slow answer is worth a look at them. */
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

  async #run(): Promise<void> {
    const { ring, health, logger, closing } = this.#options;
    const asked = ring.current;
    const failure = await this.#failureOf(asked, closing);
    if (failure === undefined) return;
    const found = await this.#firstServing(ring.endpoints.filter((endpoint) => endpoint !== asked));
    if (closing.aborted) return;
    if (found === undefined) {
      logger.error({ err: failure }, 'etcd: no endpoint serves');
      health.down(failure.message);
      await this.#waitForAny();
    } else {
      ring.use(found);
    }
  }

  /** Each is asked at its own pace: one that is silent must not hold up the news that another one serves. */
  async #waitForAny(): Promise<void> {
    const { ring, health, logger, closing } = this.#options;
    const over = new AbortController();
    const signal = AbortSignal.any([closing, over.signal]);
    const waiting = ring.endpoints.map((endpoint) => this.#untilServing(endpoint, signal));
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
    while ((await this.#failureOf(endpoint, signal)) !== undefined) {
      await clock.sleep(intervalMs / asksPerIntervalWhileAway, signal);
    }
    return endpoint;
  }

  async #firstServing(endpoints: readonly Endpoint[]): Promise<Endpoint | undefined> {
    const asking = endpoints.map(async (endpoint) => {
      const failure = await this.#failureOf(endpoint, this.#options.closing);
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
  async #failureOf(endpoint: Endpoint, signal: AbortSignal): Promise<Error | undefined> {
    const { ring, ask, intervalMs, loneTimeoutMs } = this.#options;
    const timeoutMs = ring.endpoints.length > 1 ? intervalMs : loneTimeoutMs;
    try {
      const isConnected = await endpoint.connect(timeoutMs, signal);
      // A call that cannot be sent is told why.
      if (!isConnected && !endpoint.isFailing) {
        return new RpcError('unavailable', `etcd ${endpoint.target}: cannot connect`);
      }
      await ask(endpoint, timeoutMs, signal);
      return undefined;
    } catch (error) {
      if (!RpcError.is(error)) throw error;
      return error.isOfEndpoint ? error : undefined;
    }
  }
}
