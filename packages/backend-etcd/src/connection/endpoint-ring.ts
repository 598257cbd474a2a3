import { RpcError } from '../rpc/rpc-error.ts';
import type { Endpoint } from './endpoint.ts';

/** What an {@link EndpointRing} is made of. */
export interface EndpointRingOptions {
  /** At least one. */
  readonly endpoints: readonly Endpoint[];
  /** How long connecting may take, milliseconds. */
  readonly dialTimeoutMs: number;
  /** Ends all attempts to connect. */
  readonly closing: AbortSignal;
  /** Is told that another endpoint is in use. */
  readonly onLeft: (left: Endpoint, entered: Endpoint) => void;
}

/** The endpoints, and which of them is in use: the first one that could be connected to, until it fails. */
export class EndpointRing {
  readonly endpoints: readonly Endpoint[];
  readonly #dialTimeoutMs: number;
  readonly #closing: AbortSignal;
  readonly #onLeft: (left: Endpoint, entered: Endpoint) => void;
  #index = 0;
  #dialing: Promise<Endpoint | undefined> | undefined;

  constructor({ endpoints, dialTimeoutMs, closing, onLeft }: EndpointRingOptions) {
    this.endpoints = endpoints;
    this.#dialTimeoutMs = dialTimeoutMs;
    this.#closing = closing;
    this.#onLeft = onLeft;
  }

  /** The endpoint in use. */
  get current(): Endpoint {
    return this.#at(0);
  }

  /** Turns to an endpoint. */
  use(endpoint: Endpoint): void {
    const left = this.current;
    if (left === endpoint) return;
    this.#index = this.endpoints.indexOf(endpoint);
    this.#onLeft(left, endpoint);
  }

  /**
   * The endpoint in use if it is connected.
   *
   * @param avoided - one that has just failed; the next one is preferred to it
   */
  preferred(avoided?: Endpoint): Endpoint | undefined {
    const endpoint = this.current === avoided ? this.#at(1) : this.current;
    return endpoint.isConnected ? endpoint : undefined;
  }

  /**
   * An endpoint with a connection: the preferred one, else whichever connects first.
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

  /** The first one that connects; undefined when none does. */
  async #dial(): Promise<Endpoint | undefined> {
    const attempts = this.endpoints.map((endpoint) => this.#connect(endpoint));
    try {
      const endpoint = await Promise.any(attempts);
      if (!this.current.isConnected) this.use(endpoint);
      return endpoint;
    } catch {
      // Each attempt failed, and what the caller is told names them all.
      return undefined;
    } finally {
      this.#dialing = undefined;
    }
  }

  async #connect(endpoint: Endpoint): Promise<Endpoint> {
    if (await endpoint.connect(this.#dialTimeoutMs, this.#closing)) return endpoint;
    throw new RpcError('unavailable', `etcd ${endpoint.target}: cannot connect`);
  }

  #at(steps: number): Endpoint {
    const endpoint = this.endpoints[(this.#index + steps) % this.endpoints.length];
    if (endpoint === undefined) throw new RangeError('etcd: there is no endpoint');
    return endpoint;
  }
}

/** Waits for a promise of somebody else for as long as the signal allows. @throws the signal's reason */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
