import type { IRangeRequest, IRangeResponse } from 'etcd3';

import { probeKey, type CallOptions, type EtcdConnection } from '../connection/etcd-connection.ts';
import type { RpcMethod } from '../rpc/rpc-method.ts';
import type { AnswerHeader, StoreHistory } from './store-history.ts';

/** Calls that see everything that was answered before they began, and whose answers tell when they do not. */
export class LinearizableCalls {
  readonly #connection: EtcdConnection;
  readonly #history: StoreHistory;

  constructor(options: { readonly connection: EtcdConnection; readonly history: StoreHistory }) {
    this.#connection = options.connection;
    this.#history = options.history;
  }

  /** Makes a call. @throws RpcError; the signal's reason when it is aborted */
  async call<Request, Response extends { readonly header: AnswerHeader }>(
    method: RpcMethod<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response> {
    const mark = this.#history.mark();
    const answer = await this.#connection.call(method, request, options);
    this.#history.observe(answer.header, mark);
    return answer;
  }

  /** Reads a range. @throws RpcError; the signal's reason when it is aborted */
  read(request: IRangeRequest, signal?: AbortSignal): Promise<IRangeResponse> {
    const { range } = this.#connection.methods;
    return this.call(range, request, { isRepeatable: true, signal });
  }

  /** The store's revision now. @throws RpcError; the signal's reason when it is aborted */
  async currentRevision(signal?: AbortSignal): Promise<bigint> {
    const { header } = await this.read({ key: probeKey, keys_only: true }, signal);
    return BigInt(header.revision);
  }
}
