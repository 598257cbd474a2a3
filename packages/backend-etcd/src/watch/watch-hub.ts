import type { KvWatchBatch } from '@service-center/backend-kv';
import { WatchError, type Clock, type Logger } from '@service-center/sdcommon';
import { Observable, type Subscriber } from 'rxjs';

import type { DeletionCauses } from './deletion-causes.ts';
import { WatchSession, type PositionState } from './watch-session.ts';
import type { WatchStream } from './watch-stream.ts';

/** How to watch. */
export interface WatchRequest {
  readonly prefix: string;
  readonly afterRevision: bigint;
  readonly signal: AbortSignal;
}

/** What a {@link WatchHub} is made of. */
export interface WatchHubOptions {
  readonly stream: WatchStream;
  readonly causes: DeletionCauses;
  /** Finds out whether the history after a revision is there. @throws WatchError when it was never reached */
  readonly positionState: (revision: bigint, signal: AbortSignal) => Promise<PositionState>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Events are normally there within a round trip; only what is still missing then needs more than waiting. */
const catchUpDelayMs = 20;

/** The sessions of all readers. */
export class WatchHub {
  readonly #options: WatchHubOptions;
  readonly #sessions = new Map<WatchSession, Subscriber<KvWatchBatch>>();
  readonly #closing = new AbortController();
  /** The newest revision that anybody may wait for. */
  #wanted = 0n;
  #cancelTimer: (() => void) | undefined;
  #hasToldOfRefusal = false;

  constructor(options: WatchHubOptions) {
    this.#options = options;
  }

  /** One session: what happened after a revision, and what happens. */
  watch({ prefix, afterRevision, signal }: WatchRequest): Observable<KvWatchBatch> {
    return new Observable((subscriber) => {
      if (signal.aborted || this.#closing.signal.aborted) {
        subscriber.complete();
        return;
      }
      const { stream, causes } = this.#options;
      const session = new WatchSession({
        prefix,
        afterRevision,
        stream,
        causes,
        subscriber,
        onCatchUpRefused: (error) => {
          this.#onCatchUpRefused(error);
        },
      });
      const leaving = new AbortController();
      const onAbort = (): void => {
        subscriber.complete();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#sessions.set(session, subscriber);
      subscriber.add(() => {
        signal.removeEventListener('abort', onAbort);
        leaving.abort();
        this.#sessions.delete(session);
        session.stop();
      });
      this.#start(session, leaving.signal).catch((error: unknown) => {
        subscriber.error(error);
      });
    });
  }

  /** Makes sure that all sessions reach a revision. */
  reach(revision: bigint): void {
    if (revision <= this.#wanted) return;
    this.#wanted = revision;
    this.#scheduleCatchUp();
  }

  /** Ends all sessions: their positions are of another history. */
  endAll(error: WatchError): void {
    this.#wanted = 0n;
    for (const subscriber of this.#sessions.values().toArray()) subscriber.error(error);
  }

  /** Completes all sessions. */
  close(): void {
    this.#closing.abort();
    this.#cancelTimer?.();
    for (const subscriber of this.#sessions.values().toArray()) subscriber.complete();
  }

  async #start(session: WatchSession, leaving: AbortSignal): Promise<void> {
    let position: PositionState;
    try {
      position = await this.#options.positionState(session.reached, leaving);
    } catch (error) {
      // Who has left is told nothing more.
      if (leaving.aborted) return;
      if (error instanceof WatchError) throw error;
      throw new WatchError('transport', 'etcd: cannot watch', { cause: error });
    }
    if (leaving.aborted) return;
    session.start(position);
    if (session.reached < this.#wanted) this.#scheduleCatchUp();
  }

  #scheduleCatchUp(): void {
    if (this.#closing.signal.aborted) return;
    this.#cancelTimer ??= this.#options.clock.schedule(catchUpDelayMs, () => {
      this.#cancelTimer = undefined;
      for (const session of this.#sessions.keys()) session.reach(this.#wanted);
    });
  }

  /** A break of the stream ends the sessions anyway; what remains is a user that may not read all keys. */
  #onCatchUpRefused(error: WatchError): void {
    if (this.#hasToldOfRefusal) return;
    this.#hasToldOfRefusal = true;
    this.#options.logger.warn(
      { err: error },
      'etcd: the user may not read all keys, so readers learn late that changes of other keys passed',
    );
  }
}
