import { status } from '@grpc/grpc-js';

/** Why a call failed, as far as policy depends on it. */
export type RpcFailure =
  /** The endpoint does not answer, has no leader, or lost the call: try another one. */
  | 'unavailable'
  /** Nothing was heard in time. */
  | 'timedOut'
  /** What was asked for is not there: a lease. */
  | 'notFound'
  /** A revision that is compacted, or not reached yet. */
  | 'outOfRange'
  /** The token is not, or no longer, valid; the call was not carried out. */
  | 'unauthenticated'
  /** The store is not in the state that the call needs, such as access control that is not enabled. */
  | 'precondition'
  /**
   * The store has no space or too much to do. Whether the call was carried out is not known: gRPC says the same of a
   * call whose connection was closed for too many pings.
   */
  | 'exhausted'
  /** The store refused, and did nothing: no permission, a request it does not take. */
  | 'refused';

const failures: ReadonlyMap<number, RpcFailure> = new Map([
  [status.UNAVAILABLE, 'unavailable'],
  [status.UNKNOWN, 'unavailable'],
  [status.INTERNAL, 'unavailable'],
  [status.CANCELLED, 'unavailable'],
  [status.ABORTED, 'unavailable'],
  [status.DEADLINE_EXCEEDED, 'timedOut'],
  [status.NOT_FOUND, 'notFound'],
  [status.OUT_OF_RANGE, 'outOfRange'],
  [status.UNAUTHENTICATED, 'unauthenticated'],
  [status.FAILED_PRECONDITION, 'precondition'],
  [status.RESOURCE_EXHAUSTED, 'exhausted'],
  [status.INVALID_ARGUMENT, 'refused'],
  [status.PERMISSION_DENIED, 'refused'],
]);

/** A call to etcd that failed. */
export class RpcError extends Error {
  readonly failure: RpcFailure;

  constructor(failure: RpcFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RpcError';
    this.failure = failure;
  }

  /** The error of a call, from what gRPC says of it. */
  static from(endpoint: string, cause: Error & { readonly code: number }): RpcError {
    // Whatever else there is may have been carried out: gRPC says UNIMPLEMENTED of an answer whose message is missing.
    const failure = failures.get(cause.code) ?? 'unavailable';
    return new RpcError(failure, `etcd ${endpoint}: ${cause.message}`, { cause });
  }

  /** Whether a value is an RpcError, and of the given kind when one is given. */
  static is(value: unknown, failure?: RpcFailure): value is RpcError {
    return value instanceof RpcError && (failure === undefined || value.failure === failure);
  }

  /** Whether the endpoint is to blame, so that another one may do better. */
  get isOfEndpoint(): boolean {
    return this.failure === 'unavailable' || this.failure === 'timedOut';
  }

  /** Whether the call itself is to blame and surely nothing was written, so that a part of it may do better. */
  get isOfRequest(): boolean {
    return this.failure === 'refused' || this.failure === 'notFound';
  }
}
