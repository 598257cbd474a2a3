import type { ServiceKeys } from './topic-keys.ts';
import type { Stream } from './stream.ts';

/**
 * The streams that are up to date and take a change at once, by the keys of their topics. A change reaches those who
 * want it without a look at the others.
 */
export class Rooms {
  readonly #rooms = new Map<string, Set<Stream>>();

  /** Lets a stream in. @param keys - of its topics */
  enter(stream: Stream, keys: Iterable<string>): void {
    for (const key of keys) {
      const room = this.#rooms.get(key);
      if (room === undefined) this.#rooms.set(key, new Set([stream]));
      else room.add(stream);
    }
  }

  /** Lets a stream out. */
  leave(stream: Stream, keys: Iterable<string>): void {
    for (const key of keys) {
      const room = this.#rooms.get(key);
      if (room?.delete(stream) === true && room.size === 0) this.#rooms.delete(key);
    }
  }

  /** @yields the rooms that the changes of a service go to; a stream may be in several */
  *of({ topics }: ServiceKeys): Generator<ReadonlySet<Stream>, void, undefined> {
    for (const key of topics) {
      const room = this.#rooms.get(key);
      if (room !== undefined) yield room;
    }
  }
}
