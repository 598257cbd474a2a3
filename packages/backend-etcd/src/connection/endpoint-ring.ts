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
  /** Is told of an endpoint that is not one of the ring's any more. */
  readonly onRemoved: (endpoint: Endpoint) => void;
}

/** The endpoints, and which of them is in use: the first one that could be connected to, until it fails. */
export class EndpointRing {
  readonly #dialTimeoutMs: number;
  readonly #closing: AbortSignal;
  readonly #onLeft: (left: Endpoint, entered: Endpoint) => void;
  readonly #onRemoved: (endpoint: Endpoint) => void;
  #endpoints: readonly Endpoint[];
  #current: Endpoint;
  #dialing: Promise<Endpoint | undefined> | undefined;

  /** @throws RangeError when there is no endpoint */
  constructor({ endpoints, dialTimeoutMs, closing, onLeft, onRemoved }: EndpointRingOptions) {
    const [first] = endpoints;
    if (first === undefined) throw new RangeError('etcd: there is no endpoint');
    this.#endpoints = endpoints;
    this.#current = first;
    this.#dialTimeoutMs = dialTimeoutMs;
    this.#closing = closing;
    this.#onLeft = onLeft;
    this.#onRemoved = onRemoved;
  }

  /** All of them, in the order in which they are turned to. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** The endpoint in use. */
  get current(): Endpoint {
    return this.#current;
  }

  /** Turns to an endpoint, unless it was removed while it was looked at. */
  use(endpoint: Endpoint): void {
    const left = this.#current;
    if (left === endpoint || !this.#endpoints.includes(endpoint)) return;
    this.#current = endpoint;
    this.#onLeft(left, endpoint);
  }

  /** Puts other endpoints in place of those it has. @throws RangeError when the one in use is not among them */
  replace(endpoints: readonly Endpoint[]): void {
    if (!endpoints.includes(this.#current)) {
      throw new RangeError(`etcd ${this.#current.target}: the endpoint in use cannot be removed`);
    }
    const removed = this.#endpoints.filter((endpoint) => !endpoints.includes(endpoint));
    this.#endpoints = endpoints;
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
    const targets = this.#endpoints.map(({ target }) => target).join(', ');
    throw new RpcError('unavailable', `etcd: cannot connect to any of ${targets}`);
  }

  /** The first one that connects; undefined when none does. */
  async #dial(): Promise<Endpoint | undefined> {
    const attempts = this.#endpoints.map((endpoint) => this.#connect(endpoint));
    try {
      const endpoint = await Promise.any(attempts);
      if (!this.#current.isConnected) this.use(endpoint);
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

  /** The one behind the one in use; itself when it is alone. */
  #next(): Endpoint {
    const index = this.#endpoints.indexOf(this.#current) + 1;
    return this.#endpoints[index % this.#endpoints.length] ?? this.#current;
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
