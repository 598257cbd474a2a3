import type { Metadata } from '@grpc/grpc-js';

import { RpcError } from '../rpc/rpc-error.ts';
import type { BeginStream, Endpoint } from './endpoint.ts';
import type { RpcStream, StreamHandlers } from './rpc-stream.ts';

/** Where a stream goes, and who is told. */
export interface StreamBeginning<Response> {
  readonly endpoint: Endpoint;
  readonly metadata: Metadata;
  readonly handlers: StreamHandlers<Response>;
}

interface OpenStream {
  readonly endpoint: Endpoint;
  readonly abandon: (error: RpcError) => void;
}

/** The streams that are open, to be ended when their endpoint is left: a stream does not go over to another one. */
export class OpenStreams {
  readonly #onEnd: () => void;
  readonly #streams = new Set<OpenStream>();

  /** @param options - `onEnd` is told of each stream that ended by itself */
  constructor(options: { readonly onEnd: () => void }) {
    this.#onEnd = options.onEnd;
  }

  /** Begins a stream, which is open until it ends, is closed or abandoned. @throws RpcError when the endpoint is closed */
  begin<Request, Response>(
    begin: BeginStream<Request, Response>,
    { endpoint, metadata, handlers }: StreamBeginning<Response>,
  ): RpcStream<Request> {
    const entry: OpenStream = {
      endpoint,
      abandon: (error) => {
        close();
        handlers.onEnd(error);
      },
    };
    const stream = begin(endpoint, metadata, {
      onResponse: handlers.onResponse,
      onEnd: (error) => {
        this.#streams.delete(entry);
        this.#onEnd();
        handlers.onEnd(error);
      },
    });
    const close = (): void => {
      this.#streams.delete(entry);
      stream.close();
    };
    this.#streams.add(entry);
    return {
      write: (request) => {
        stream.write(request);
      },
      close,
    };
  }

  /** Ends the streams of an endpoint. @returns why, as they are told */
  abandon(endpoint: Endpoint, why: string): RpcError {
    const error = new RpcError('unavailable', `etcd ${endpoint.target}: ${why}`);
    for (const stream of this.#streams) if (stream.endpoint === endpoint) stream.abandon(error);
    return error;
  }

  /** Ends all of them. */
  abandonAll(error: RpcError): void {
    for (const stream of this.#streams) stream.abandon(error);
  }
}
