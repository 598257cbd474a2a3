/**
 * A place in a backend's ordered feed of durable changes (design §3.1).
 *
 * `order` compares positions of one epoch: the revision on etcd and the embedded store, the cluster time on MongoDB.
 * Positions of different epochs cannot be compared: the store was restored or replaced, so list again.
 */
export interface Position {
  readonly order: bigint;
  /** Identifies one uninterrupted history of one store. */
  readonly epoch: string;
  /** What the backend needs to continue after this place; opaque to everybody else. */
  readonly resume: string;
}

/** Whether a reader at `reached` has seen everything up to `wanted`. */
export function hasReached(reached: Position, wanted: Position): boolean {
  return reached.epoch === wanted.epoch && reached.order >= wanted.order;
}
