import type { RpcError } from '../rpc/rpc-error.ts';

/** Told what comes over a stream. */
export interface StreamHandlers<Response> {
  readonly onResponse: (response: Response) => void;
  /** The stream is over; called once, and not when this side closed it. */
  readonly onEnd: (error: RpcError) => void;
}

/** An open stream. */
export interface RpcStream<Request> {
  write(request: Request): void;
  /** Ends it; no handler is called from here on. */
  close(): void;
}
