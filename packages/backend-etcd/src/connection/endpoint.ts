import { Client, connectivityState, type ClientDuplexStream, type Metadata } from '@grpc/grpc-js';
import type { Clock } from '@service-center/sdcommon';

import type { KeepAliveAnswer } from '../codec/keep-alive-decoder.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { RpcMethod } from '../rpc/rpc-method.ts';
import type { ChannelSecurity } from './channel-security.ts';
import type { EndpointAddress } from './endpoint-address.ts';
import { KeepAliveCall } from './keep-alive-call.ts';
import type { RpcStream, StreamHandlers } from './rpc-stream.ts';

/** What an {@link Endpoint} is made of. */
export interface EndpointOptions {
  readonly address: EndpointAddress;
  readonly security: ChannelSecurity;
  readonly clock: Clock;
}

/** How to make one call. */
export interface EndpointCallOptions {
  readonly metadata: Metadata;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Begins a stream at an endpoint. */
export type BeginStream<Request, Response> = (
  endpoint: Endpoint,
  metadata: Metadata,
  handlers: StreamHandlers<Response>,
) => RpcStream<Request>;

/** One TCP connection serves all calls and streams of a channel, so this is per stream, not per connection: 4 MiB. */
const flowControlWindowBytes = 4 * 1024 * 1024;

const channelOptions = {
  // A page of 4096 records, and a transaction's events, may be larger than the default of 4 MiB.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': 10 * 1024 * 1024,
  // etcd closes connections that are pinged more often than every 5 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5000,
  // A server that comes back is found within a second.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  // Closing must end the sockets, whoever else in the process talks to the same server.
  'grpc.use_local_subchannel_pool': 1,
  // The way to the store is what was configured, not what the environment says about HTTP.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc-node.flow_control_window': flowControlWindowBytes,
} as const;

/** One member of the cluster: over one channel, but for renewals, which have connections of their own. */
export class Endpoint {
  readonly address: EndpointAddress;
  readonly #security: ChannelSecurity;
  readonly #client: Client;
  readonly #clock: Clock;
  /** Ends each call under way. */
  readonly #calls = new Set<(error: RpcError) => void>();
  #isClosed = false;

  constructor({ address, security, clock }: EndpointOptions) {
    this.address = address;
    this.#security = security;
    this.#clock = clock;
    this.#client = new Client(address.target, security.credentials, {
      ...channelOptions,
      ...(security.serverName !== undefined && {
        'grpc.ssl_target_name_override': security.serverName,
      }),
    });
  }

  /** `host:port`. */
  get target(): string {
    return this.address.target;
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#client.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  /** Whether the last attempt to connect failed; a call is refused at once then, and told why. */
  get isFailing(): boolean {
    const state = this.#client.getChannel().getConnectivityState(false);
    return state === connectivityState.TRANSIENT_FAILURE;
  }

  /**
   * Connects, if it is not.
   *
   * @returns whether that succeeded; while the last attempt failed, false at once
   * @throws the signal's reason when it is aborted
   */
  async connect(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const settled = new AbortController();
    // Nothing else keeps the process alive while a channel connects.
    const timeout = this.#clock.sleep(timeoutMs, AbortSignal.any([signal, settled.signal]));
    try {
      return await Promise.race([this.#untilSettled(), timeout.then(() => false)]);
    } finally {
      settled.abort();
    }
  }

  /** Makes one call. @throws RpcError; the signal's reason when it is aborted */
  async call<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
    { metadata, timeoutMs, signal }: EndpointCallOptions,
  ): Promise<Response> {
    signal?.throwIfAborted();
    this.#throwIfClosed();
    const answer = Promise.withResolvers<Response>();
    const call = this.#client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      {},
      (error, response) => {
        if (error !== null) answer.reject(RpcError.from(this.target, error));
        else if (response !== undefined) answer.resolve(response);
        else answer.reject(new RpcError('unavailable', `etcd ${this.target}: an empty answer`));
      },
    );
    // A deadline of gRPC would be a wall time, which jumps.
    const cancelTimer = this.#clock.schedule(timeoutMs, () => {
      const waited = `etcd ${this.target}: no answer to ${method.path} within ${timeoutMs} ms`;
      answer.reject(new RpcError('timedOut', waited));
      call.cancel();
    });
    const onAbort = (): void => {
      answer.reject(signal?.reason);
      call.cancel();
    };
    const abandon = (error: RpcError): void => {
      answer.reject(error);
      call.cancel();
    };
    this.#calls.add(abandon);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await answer.promise;
    } finally {
      this.#calls.delete(abandon);
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Opens a stream. @throws RpcError when the endpoint is closed */
  open<Request, Response>(
    method: RpcMethod<Request, Response>,
    metadata: Metadata,
    handlers: StreamHandlers<Response>,
  ): RpcStream<Request> {
    this.#throwIfClosed();
    const stream: ClientDuplexStream<Request, Response> = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadata,
    );
    let isOver = false;
    const end = (error: RpcError): void => {
      if (isOver) return;
      isOver = true;
      handlers.onEnd(error);
    };
    stream.on('data', (response: Response) => {
      if (!isOver) handlers.onResponse(response);
    });
    stream.on('error', (error: Error & { readonly code: number }) => {
      end(RpcError.from(this.target, error));
    });
    stream.on('end', () => {
      end(new RpcError('unavailable', `etcd ${this.target}: the server ended ${method.path}`));
    });
    return {
      write: (request) => {
        if (!isOver) stream.write(request);
      },
      close: () => {
        isOver = true;
        stream.cancel();
      },
    };
  }

  /** Opens the stream that renews leases; requests are their ids. @throws RpcError when the endpoint is closed */
  openKeepAlive(metadata: Metadata, handlers: StreamHandlers<KeepAliveAnswer>): RpcStream<bigint> {
    this.#throwIfClosed();
    const { target } = this;
    const security = this.#security;
    return new KeepAliveCall({ target, security, metadata, handlers, clock: this.#clock });
  }

  /** Gives up all calls under way, whose answers would come late if ever. */
  abandonCalls(error: RpcError): void {
    for (const abandon of this.#calls) abandon(error);
  }

  /** Lets go of the connection; calls under way fail, and so do later ones. Streams are to be closed before. */
  close(): void {
    this.#isClosed = true;
    this.abandonCalls(this.#closedError());
    this.#client.close();
  }

  /** Who chose this endpoint may have waited for something else since, and it was closed meanwhile. */
  #throwIfClosed(): void {
    if (this.#isClosed) throw this.#closedError();
  }

  #closedError(): RpcError {
    return new RpcError('unavailable', `etcd ${this.target}: the connection is closed`);
  }

  /** Waits until there is a connection, or none for now. */
  async #untilSettled(): Promise<boolean> {
    const channel = this.#client.getChannel();
    while (!this.#isClosed) {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return true;
      if (state === connectivityState.TRANSIENT_FAILURE) return false;
      await new Promise<void>((resolve) => {
        channel.watchConnectivityState(state, Infinity, () => {
          resolve();
        });
      });
    }
    return false;
  }
}
