import type { Position } from '../source/position.ts';

/**
 * The outcome of a write. `position` is where the write stands in the backend's feed; when nothing had to be written,
 * where the record that was found stands. Whoever waits until its caches have reached it reads its own write.
 */
export interface Written {
  readonly position: Position;
}
