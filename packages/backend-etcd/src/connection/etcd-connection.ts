import { StoreHealth } from '@service-center/backend-kv';
import { Metadata } from '@grpc/grpc-js';
import type {
  BackendHealth,
  Clock,
  Counter,
  Logger,
  MetricRegistry,
} from '@service-center/sdcommon';
import type { Observable } from 'rxjs';

import {
  defaultDialTimeoutMs,
  defaultProbeIntervalMs,
  defaultRequestTimeoutMs,
  type EtcdStoreOptions,
} from '../etcd-store-options.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { loadRpcMethods, type RpcMethod, type RpcMethods } from '../rpc/rpc-method.ts';
import { channelSecurity } from './channel-security.ts';
import { parseEndpoints, type EndpointAddress } from './endpoint-address.ts';
import { EndpointProbe } from './endpoint-probe.ts';
import { EndpointRing } from './endpoint-ring.ts';
import { Endpoint, type BeginStream } from './endpoint.ts';
import { MemberSync } from './member-sync.ts';
import { OpenStreams } from './open-streams.ts';
import type { RpcStream, StreamHandlers } from './rpc-stream.ts';
import { UserToken } from './user-token.ts';

/** How to make a call. */
export interface CallOptions {
  /**
   * Whether it may be made again, at another endpoint, when its outcome is unknown. Never for a transaction that writes:
   * had the first one got through, its own compares would fail the second, and the caller would be told of a conflict
   * with itself.
   */
  readonly isRepeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** As the reference gives it (spec 02 §1.10). */
const memberListTimeoutMs = 5000;

/** It is known already; this is for the case that the connection comes just then. */
const refusalTimeoutMs = 1000;

/**
 * The way to a cluster: calls and streams go to one endpoint, and to another one when it does not serve.
 *
 * Everything asks for a leader, so a member that lost the others refuses at once instead of letting callers wait.
 */
export class EtcdConnection {
  readonly methods: RpcMethods = loadRpcMethods();
  readonly requestTimeoutMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #ring: EndpointRing;
  readonly #probe: EndpointProbe;
  readonly #memberSync: MemberSync | undefined;
  /** Whether the cluster answers. */
  readonly #health = new StoreHealth();
  readonly #token: UserToken | undefined;
  readonly #streams: OpenStreams;
  readonly #closing = new AbortController();
  #switches: Counter | undefined;

  /** @throws RangeError when the endpoints are malformed */
  constructor(options: EtcdStoreOptions) {
    const { clock, logger, user } = options;
    this.#clock = clock;
    this.#logger = logger;
    this.requestTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
    this.#streams = new OpenStreams({
      onEnd: () => {
        this.#probe.runNow();
      },
    });
    const addresses = parseEndpoints(options.endpoints);
    const endpointAt = (address: EndpointAddress): Endpoint =>
      new Endpoint({ address, security: channelSecurity(address, options.tls), clock });
    this.#ring = new EndpointRing({
      configured: addresses.map(endpointAt),
      dialTimeoutMs: options.dialTimeoutMs ?? defaultDialTimeoutMs,
      closing: this.#closing.signal,
      onLeft: (left, entered) => {
        this.#leave(left, entered);
      },
      onRemoved: (endpoint) => {
        this.#streams.abandon(endpoint, 'the endpoint was removed');
        endpoint.close();
      },
    });
    if (user !== undefined) {
      this.#token = new UserToken({
        user,
        logger,
        authenticate: async ({ name, password }) => {
          const endpoint = await this.#connected(this.#closing.signal);
          const { authenticate } = this.methods;
          const request = { name, password };
          const metadata = new Metadata();
          const timeoutMs = this.requestTimeoutMs;
          const { token } = await endpoint.call(authenticate, request, { metadata, timeoutMs });
          return token;
        },
      });
    }
    const intervalMs = options.probeIntervalMs ?? defaultProbeIntervalMs;
    this.#probe = new EndpointProbe({
      ring: this.#ring,
      health: this.#health,
      intervalMs,
      loneTimeoutMs: this.requestTimeoutMs,
      ask: async (endpoint, timeoutMs, signal) => {
        await this.#callAt(endpoint, this.methods.range, probeRequest(), timeoutMs, signal);
      },
      clock,
      logger,
      closing: this.#closing.signal,
    });
    if (options.memberSyncIntervalMs !== undefined) {
      this.#memberSync = new MemberSync({
        ring: this.#ring,
        intervalMs: options.memberSyncIntervalMs,
        endpointAt,
        // Without the user's token, which is not for whoever listens at an advertised address. etcd 3.4 needs none for this.
        ask: (endpoint, signal) => {
          const call = { metadata: metadataOf(undefined), timeoutMs: memberListTimeoutMs, signal };
          return endpoint.call(this.methods.listMembers, {}, call);
        },
        serves: (endpoint) => this.#probe.serves(endpoint),
        clock,
        logger,
        closing: this.#closing.signal,
      });
    }
  }

  get health$(): Observable<BackendHealth> {
    return this.#health.changes$;
  }

  /** Begins to look after the endpoints. */
  start(): void {
    this.#probe.start();
  }

  /** Begins to ask for the members of the cluster, if that is wanted. Not before it has answered: it is asked at once. */
  followMembers(): void {
    this.#memberSync?.start();
  }

  /** Begins to count. Not before the store is open: who finds it away tries again, with the same registry of metrics. */
  measure(metrics: MetricRegistry | undefined): void {
    this.#switches = switchCounter(metrics);
  }

  /** Makes a call. @throws RpcError; the signal's reason when it is aborted */
  async call<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
    { isRepeatable, signal }: CallOptions,
  ): Promise<Response> {
    const endMs = this.#clock.monotonicMs() + this.requestTimeoutMs;
    let failed: Endpoint | undefined;
    for (let attempt = 0; ; attempt++) {
      const waiting = signal ?? this.#closing.signal;
      const endpoint =
        this.#ring.preferred(failed) ?? (await this.#connectedBy(endMs, waiting, failed));
      try {
        const timeoutMs = Math.max(1, endMs - this.#clock.monotonicMs());
        return await this.#callAt(endpoint, method, request, timeoutMs, signal);
      } catch (error) {
        if (!RpcError.is(error) || !error.isOfEndpoint) throw error;
        this.#probe.runNow();
        const hasNext = isRepeatable && attempt < this.#ring.attempts;
        if (!hasNext || error.failure === 'timedOut' || this.#closing.signal.aborted) throw error;
        failed = endpoint;
      }
    }
  }

  /** Opens a stream. It ends when its endpoint is left. @throws RpcError when no endpoint can be reached */
  async open<Request, Response>(
    begin: BeginStream<Request, Response>,
    handlers: StreamHandlers<Response>,
    signal: AbortSignal,
  ): Promise<RpcStream<Request>> {
    const endpoint = await this.#connected(signal);
    const metadata = metadataOf(await this.#token?.get());
    signal.throwIfAborted();
    return this.#streams.begin(begin, { endpoint, metadata, handlers });
  }

  /** Ends streams and calls, and lets go of all endpoints. */
  async close(): Promise<void> {
    this.#closing.abort(new RpcError('unavailable', 'etcd: the connection is closed'));
    await Promise.all([this.#probe.stop(), this.#memberSync?.stop()]);
    this.#streams.abandonAll(new RpcError('unavailable', 'etcd: the connection is closed'));
    for (const endpoint of this.#ring.endpoints) endpoint.close();
    this.#health.close();
  }

  /** An endpoint that is connected by the end of a request's time. */
  async #connectedBy(
    endMs: number,
    signal: AbortSignal,
    avoided: Endpoint | undefined,
  ): Promise<Endpoint> {
    const waiting = new AbortController();
    const cancelTimer = this.#clock.schedule(endMs - this.#clock.monotonicMs(), () => {
      waiting.abort(new RpcError('timedOut', 'etcd: no endpoint could be connected to in time'));
    });
    try {
      return await this.#connected(AbortSignal.any([signal, waiting.signal]), avoided);
    } finally {
      cancelTimer();
    }
  }

  async #connected(signal: AbortSignal, avoided?: Endpoint): Promise<Endpoint> {
    try {
      return await this.#ring.connected(signal, avoided);
    } catch (error) {
      const { current } = this.#ring;
      if (!RpcError.is(error) || !current.isFailing) throw error;
      // The channel tells only a call why it has no connection: refused, unknown host, untrusted certificate.
      const cause = await this.#refusalOf(current, signal);
      if (cause === undefined) throw error;
      throw new RpcError('unavailable', `${error.message} (${cause.message})`, { cause });
    }
  }

  async #refusalOf(endpoint: Endpoint, signal: AbortSignal): Promise<RpcError | undefined> {
    const metadata = new Metadata();
    const timeoutMs = refusalTimeoutMs;
    try {
      await endpoint.call(this.methods.range, probeRequest(), { metadata, timeoutMs, signal });
      return undefined;
    } catch (error) {
      if (RpcError.is(error)) return error;
      throw error;
    }
  }

  async #callAt<Request, Response>(
    endpoint: Endpoint,
    method: RpcMethod<Request, Response>,
    request: Request,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const token = await this.#token?.get();
    try {
      const metadata = metadataOf(token);
      return await endpoint.call(method, request, { metadata, timeoutMs, signal });
    } catch (error) {
      if (this.#token === undefined || !isOfToken(error, token)) throw error;
      // Tokens end with time and with a restart of the cluster. The call was refused, so it may be made again.
      await this.#token.refuse(token);
      const next = await this.#token.get();
      if (next === undefined) throw error;
      return endpoint.call(method, request, { metadata: metadataOf(next), timeoutMs, signal });
    }
  }

  #leave(left: Endpoint, entered: Endpoint): void {
    this.#switches?.inc();
    this.#logger.warn({ left: left.target, entered: entered.target }, 'etcd: endpoint changed');
    left.abandonCalls(this.#streams.abandon(left, 'the endpoint was left'));
  }
}

/** The cheapest read that needs the consent of the cluster; it is below the registry's root, where any user may read. */
export const probeKey: Buffer = Buffer.from('/cse-sr/');

function probeRequest(): { readonly key: Buffer; readonly keys_only: true } {
  return { key: probeKey, keys_only: true };
}

/** Whether a call may do better with another token. Without one etcd calls the request malformed, not unauthenticated. */
function isOfToken(error: unknown, token: string | undefined): boolean {
  if (RpcError.is(error, 'unauthenticated')) return true;
  return token === undefined && RpcError.is(error, 'refused');
}

function metadataOf(token: string | undefined): Metadata {
  const metadata = new Metadata();
  metadata.set('hasleader', 'true');
  if (token !== undefined) metadata.set('token', token);
  return metadata;
}

function switchCounter(metrics: MetricRegistry | undefined): Counter | undefined {
  const name = 'etcd_endpoint_changes_total';
  const help = 'Times that another endpoint of the cluster was turned to';
  return metrics?.counter({ name, help }).labels();
}
