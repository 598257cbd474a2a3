import { untilAborted } from '@service-center/sdcommon';

import { RpcError } from '../rpc/rpc-error.ts';
import type { Endpoint } from './endpoint.ts';

/** What an {@link EndpointRing} is made of. */
export interface EndpointRingOptions {
  /** At least one. They stay, and have precedence. */
  readonly configured: readonly Endpoint[];
  /** How long connecting may take, milliseconds. */
  readonly dialTimeoutMs: number;
  /** Ends all attempts to connect. */
  readonly closing: AbortSignal;
  /** Is told that another endpoint is in use. */
  readonly onLeft: (left: Endpoint, entered: Endpoint) => void;
  /** Is told of an endpoint that is not one of the ring's any more. */
  readonly onRemoved: (endpoint: Endpoint) => void;
}

/**
 * The endpoints, and which of them is in use: the first one that could be connected to, until it fails.
 *
 * Those that were learned from the cluster are a fallback: one of them is turned to only when no configured one connects.
 */
export class EndpointRing {
  readonly configured: readonly Endpoint[];
  readonly #dialTimeoutMs: number;
  readonly #closing: AbortSignal;
  readonly #onLeft: (left: Endpoint, entered: Endpoint) => void;
  readonly #onRemoved: (endpoint: Endpoint) => void;
  #learned: readonly Endpoint[] = [];
  #current: Endpoint;
  #dialing: Promise<Endpoint | undefined> | undefined;
  /** Ends the attempts to connect, because somebody else has found an endpoint that serves. */
  #onUsed: ((endpoint: Endpoint) => void) | undefined;

  /** @throws RangeError when there is no endpoint */
  constructor({ configured, dialTimeoutMs, closing, onLeft, onRemoved }: EndpointRingOptions) {
    const [first] = configured;
    if (first === undefined) throw new RangeError('etcd: there is no endpoint');
    this.configured = configured;
    this.#current = first;
    this.#dialTimeoutMs = dialTimeoutMs;
    this.#closing = closing;
    this.#onLeft = onLeft;
    this.#onRemoved = onRemoved;
  }

  /** The endpoints that the cluster was asked for. */
  get learned(): readonly Endpoint[] {
    return this.#learned;
  }

  /** All of them, those that are configured first. */
  get endpoints(): readonly Endpoint[] {
    return [...this.configured, ...this.#learned];
  }

  /** How many attempts a call is worth besides the first one. As without learned endpoints while none of them is in use. */
  get attempts(): number {
    return this.isLearned(this.#current) ? this.endpoints.length : this.configured.length;
  }

  /** The endpoint in use. */
  get current(): Endpoint {
    return this.#current;
  }

  /** Whether an endpoint is a learned one. */
  isLearned(endpoint: Endpoint): boolean {
    return this.#learned.includes(endpoint);
  }

  /** Turns to an endpoint, unless it was removed while it was looked at. */
  use(endpoint: Endpoint): void {
    const left = this.#current;
    if (left === endpoint || !this.endpoints.includes(endpoint)) return;
    this.#current = endpoint;
    this.#onLeft(left, endpoint);
    this.#onUsed?.(endpoint);
  }

  /** Puts others in place of the learned endpoints. @throws RangeError when the one in use would be removed */
  learn(learned: readonly Endpoint[]): void {
    const removed = this.#learned.filter((endpoint) => !learned.includes(endpoint));
    if (removed.includes(this.#current)) {
      throw new RangeError(`etcd ${this.#current.target}: the endpoint in use cannot be removed`);
    }
    this.#learned = learned;
    for (const endpoint of removed) this.#onRemoved(endpoint);
  }

  /**
   * The endpoint in use if it is connected.
   *
   * @param avoided - one that has just failed; the next one is preferred to it
   */
  preferred(avoided?: Endpoint): Endpoint | undefined {
    const endpoint = this.#current === avoided ? this.#next() : this.#current;
    return endpoint.isConnected ? endpoint : undefined;
  }

  /**
   * An endpoint with a connection: the preferred one, else whichever configured one connects first, else whichever learned
   * one does.
   *
   * @throws RpcError `unavailable` when none can be connected to, at once where that is known; the signal's reason
   */
  async connected(signal: AbortSignal, avoided?: Endpoint): Promise<Endpoint> {
    signal.throwIfAborted();
    const preferred = this.preferred(avoided);
    if (preferred !== undefined) return preferred;
    this.#dialing ??= this.#dial();
    const endpoint = await untilAborted(this.#dialing, signal);
    if (endpoint !== undefined) return endpoint;
    const targets = this.endpoints.map(({ target }) => target).join(', ');
    throw new RpcError('unavailable', `etcd: cannot connect to any of ${targets}`);
  }

  async #dial(): Promise<Endpoint | undefined> {
    const used = Promise.withResolvers<Endpoint>();
    this.#onUsed = used.resolve;
    try {
      const endpoint =
        (await Promise.race([this.#firstConnected(this.configured), used.promise])) ??
        (await Promise.race([this.#firstConnected(this.#learned), used.promise]));
      if (endpoint !== undefined && !this.#current.isConnected) this.use(endpoint);
      return endpoint;
    } finally {
      this.#onUsed = undefined;
      this.#dialing = undefined;
    }
  }

  /** The first one that connects; undefined when none does. */
  async #firstConnected(endpoints: readonly Endpoint[]): Promise<Endpoint | undefined> {
    try {
      return await Promise.any(endpoints.map((endpoint) => this.#connect(endpoint)));
    } catch {
      // Each attempt failed, and what the caller is told names them all.
      return undefined;
    }
  }

  async #connect(endpoint: Endpoint): Promise<Endpoint> {
    if (await endpoint.connect(this.#dialTimeoutMs, this.#closing)) return endpoint;
    throw new RpcError('unavailable', `etcd ${endpoint.target}: cannot connect`);
  }

  /** The one behind the one in use among its like; itself when it is alone. A configured one with a connection goes first. */
  #next(): Endpoint {
    const isLearned = this.isLearned(this.#current);
    const configured = this.configured.find(({ isConnected }) => isConnected);
    if (isLearned && configured !== undefined) return configured;
    const like = isLearned ? this.#learned : this.configured;
    return like[(like.indexOf(this.#current) + 1) % like.length] ?? this.#current;
  }
}
