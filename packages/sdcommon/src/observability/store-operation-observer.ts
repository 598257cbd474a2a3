/** What a backend did with its store; the labels of `db_backend_operation_total` (spec 05 §8). */
export type StoreOperation =
  | 'GET'
  | 'PUT'
  | 'DELETE'
  | 'TXN'
  | 'COMPACT'
  | 'LEASE_GRANT'
  | 'LEASE_RENEW'
  | 'LEASE_REVOKE'
  | 'SYNC';

/** Is told of every operation on a store. */
export interface StoreOperationObserver {
  /** @param microseconds - from the call to its answer */
  observe(operation: StoreOperation, success: boolean, microseconds: number): void;
}

/** Looks at nothing. */
export const noStoreOperationObserver: StoreOperationObserver = Object.freeze({
  observe: () => undefined,
});
