import type { KvEvent, KvWatchBatch } from '@service-center/backend-kv';
import type { DeleteCause, WatchError } from '@service-center/sdcommon';
import type { Observer } from 'rxjs';

import { prefixRange, wholeKeySpace } from '../codec/key-range.ts';
import { decodeKeyValue, keyText } from '../codec/key-value.ts';
import type { DeletionCauses } from './deletion-causes.ts';
import type { WatchEvent } from './watch-event.ts';
import type { ServerWatch, WatchStream } from './watch-stream.ts';

/** What a {@link WatchSession} is made of. */
export interface WatchSessionOptions {
  readonly prefix: string;
  readonly afterRevision: bigint;
  readonly stream: Pick<WatchStream, 'watch'>;
  readonly causes: DeletionCauses;
  readonly subscriber: Pick<Observer<KvWatchBatch>, 'next' | 'error'>;
  /** Is told that a watch of all keys was ended by the server, and why. */
  readonly onCatchUpRefused: (error: WatchError) => void;
}

const maxRepeats = 3;

/** Whether the history after a position is there. */
export type PositionState = 'kept' | 'compacted';

/**
 * One reader of a prefix.
 *
 * When the last changes of the store are of other keys, the reader would never learn that it has seen everything: etcd
 * tells that on its own only every ten minutes, and an answer that is asked for may overtake events (etcd 3.4). So for
 * as long as it is behind, all keys are watched from where it stands. Both watches show every change of the prefix from
 * a common revision on, each in order, so whichever is ahead is right, and what the other one shows later is known.
 */
export class WatchSession {
  readonly #options: WatchSessionOptions;
  readonly #prefix: Buffer;
  #reached: bigint;
  #wanted = 0n;
  #watch: ServerWatch | undefined;
  #catchUp: ServerWatch | undefined;
  /** How often the events after the revision reached were asked for again. */
  #repeats = 0;

  constructor(options: WatchSessionOptions) {
    this.#options = options;
    this.#prefix = Buffer.from(options.prefix);
    this.#reached = options.afterRevision;
  }

  /** Everything up to here was shown. */
  get reached(): bigint {
    return this.#reached;
  }

  /**
   * Begins to watch.
   *
   * @param position - what was found out about it
   */
  start(position: PositionState): void {
    const { prefix, stream, subscriber } = this.#options;
    this.#watch = stream.watch({
      range: prefixRange(prefix),
      // History that begins right after the position may lack deletions: etcd drops their marks with all that is older.
      // Asked for what is surely gone, it says so, and where history begins.
      startRevision: position === 'compacted' ? this.#reached : this.#reached + 1n,
      onEvents: (events) => {
        if (!this.#isWorthRepeating(events)) {
          this.#show(events);
          return;
        }
        this.#watch?.cancel();
        this.start('kept');
      },
      onProgress: (revision) => {
        this.#showUpTo(revision, []);
      },
      onEnd: (error) => {
        subscriber.error(error);
      },
    });
  }

  /** Makes sure that a revision of the store is reached, once the session has begun to watch. */
  reach(revision: bigint): void {
    if (this.#watch === undefined || revision <= this.#reached) return;
    if (revision > this.#wanted) this.#wanted = revision;
    const { stream, subscriber, onCatchUpRefused } = this.#options;
    this.#catchUp ??= stream.watch({
      range: wholeKeySpace,
      startRevision: this.#reached + 1n,
      onEvents: (events) => {
        if (!this.#isWorthRepeating(events)) {
          this.#show(events);
          return;
        }
        this.#catchUp?.cancel();
        this.#catchUp = undefined;
        this.reach(this.#wanted);
      },
      onProgress: (progress) => {
        this.#showUpTo(progress, []);
      },
      onEnd: (error) => {
        this.#catchUp = undefined;
        if (error.positionLost) subscriber.error(error);
        else onCatchUpRefused(error);
      },
    });
  }

  /** Ends all watching. */
  stop(): void {
    this.#watch?.cancel();
    this.#catchUp?.cancel();
  }

  #show(events: readonly WatchEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    const shown: KvEvent[] = [];
    for (const event of events) {
      if (BigInt(event.kv.mod_revision) <= this.#reached || !this.#isOfPrefix(event)) continue;
      const decoded = decodeEvent(event, this.#options.causes);
      if (decoded !== undefined) shown.push(decoded);
    }
    this.#showUpTo(BigInt(last.kv.mod_revision), shown);
  }

  #showUpTo(revision: bigint, events: readonly KvEvent[]): void {
    if (revision <= this.#reached) return;
    this.#reached = revision;
    this.#repeats = 0;
    if (this.#catchUp !== undefined && revision >= this.#wanted) {
      this.#catchUp.cancel();
      this.#catchUp = undefined;
    }
    this.#options.subscriber.next({ events, revision });
  }

  /**
   * Whether previous records are missing that etcd has. It begins to send the first events of a watch before it has noted
   * that they are wanted with previous records (etcd 3.4), now and then. Those that are compacted are missing for good.
   */
  #isWorthRepeating(events: readonly WatchEvent[]): boolean {
    const isIncomplete = events.some(
      (event) =>
        lacksPrevious(event) &&
        BigInt(event.kv.mod_revision) > this.#reached &&
        this.#isOfPrefix(event),
    );
    if (!isIncomplete || this.#repeats >= maxRepeats) return false;
    this.#repeats++;
    return true;
  }

  #isOfPrefix({ kv }: Pick<WatchEvent, 'kv'>): boolean {
    return kv.key.subarray(0, this.#prefix.length).equals(this.#prefix);
  }
}

function lacksPrevious({ type, kv, prev_kv }: WatchEvent): boolean {
  return prev_kv === null && (type === 'Delete' || kv.version !== '1');
}

/** A change; undefined when its key is no valid UTF-8, so that nothing can name it. */
function decodeEvent(
  { type, kv, prev_kv }: WatchEvent,
  causes: { causeOf: DeletionCauses['causeOf'] },
): KvEvent | undefined {
  const previous = prev_kv === null ? undefined : decodeKeyValue(prev_kv);
  if (type === 'Put') {
    const record = decodeKeyValue(kv);
    return record === undefined ? undefined : { kind: 'put', record, previous };
  }
  const key = keyText(kv.key);
  if (key === undefined) return undefined;
  const revision = BigInt(kv.mod_revision);
  const cause: DeleteCause = causes.causeOf(key, revision, previous);
  return { kind: 'delete', key, revision, previous, cause };
}
