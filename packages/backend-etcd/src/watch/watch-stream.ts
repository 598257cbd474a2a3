import { WatchError } from '@service-center/sdcommon';
import type { IEvent, IWatchRequest, IWatchResponse } from 'etcd3';

import type { KeyRange } from '../codec/key-range.ts';
import type { RpcStream, StreamHandlers } from '../connection/rpc-stream.ts';
import type { WatchEvent } from './watch-event.ts';

/** Opens the stream; the way to the cluster does. */
export type OpenWatchStream = (
  handlers: StreamHandlers<IWatchResponse>,
  signal: AbortSignal,
) => Promise<RpcStream<IWatchRequest>>;

/** What to watch, and who is told. */
export interface ServerWatchOptions {
  readonly range: KeyRange;
  /** The first revision to be shown. */
  readonly startRevision: bigint;
  /** Changes of one or more whole revisions, in order. */
  readonly onEvents: (events: readonly WatchEvent[]) => void;
  /** Everything up to the revision was shown. */
  readonly onProgress: (revision: bigint) => void;
  /** The watch is over; called once, and not when this side cancelled it. */
  readonly onEnd: (error: WatchError) => void;
}

/** A watch at the server. */
export interface ServerWatch {
  cancel(): void;
}

interface Entry {
  readonly options: ServerWatchOptions;
  /** The parts so far of an answer that is sent in parts. */
  fragments: IEvent[];
  isCreated: boolean;
}

/**
 * All watches of this process over one stream, told apart by ids that this side gives out.
 *
 * The stream opens with the first watch, and again with the next one after it broke. A break ends all watches: their
 * readers know where they were.
 */
export class WatchStream {
  readonly #open: OpenWatchStream;
  readonly #watches = new Map<string, Entry>();
  readonly #closing = new AbortController();
  #lastId = 0;
  #stream: RpcStream<IWatchRequest> | undefined;
  #opening: Promise<void> | undefined;

  constructor(options: { readonly open: OpenWatchStream }) {
    this.#open = options.open;
  }

  /** How many watches there are. */
  get size(): number {
    return this.#watches.size;
  }

  /** Starts a watch. */
  watch(options: ServerWatchOptions): ServerWatch {
    const id = String(++this.#lastId);
    this.#watches.set(id, { options, fragments: [], isCreated: false });
    if (this.#stream === undefined) this.#opening ??= this.#connect();
    else this.#stream.write(createRequest(id, options));
    return {
      cancel: () => {
        if (this.#watches.delete(id)) this.#stream?.write({ cancel_request: { watch_id: id } });
      },
    };
  }

  /** Ends the stream; no watch is told. */
  async close(): Promise<void> {
    this.#closing.abort(new WatchError('transport', 'the etcd store is closed'));
    this.#watches.clear();
    this.#stream?.close();
    this.#stream = undefined;
    await this.#opening;
  }

  async #connect(): Promise<void> {
    try {
      const stream = await this.#open(
        {
          onResponse: (response) => {
            this.#handle(response);
          },
          onEnd: (error) => {
            this.#stream = undefined;
            this.#endAll(new WatchError('transport', error.message, { cause: error }));
          },
        },
        this.#closing.signal,
      );
      if (this.#closing.signal.aborted) {
        stream.close();
        return;
      }
      this.#stream = stream;
      for (const [id, { options }] of this.#watches) stream.write(createRequest(id, options));
    } catch (error) {
      this.#endAll(new WatchError('transport', 'etcd: cannot watch', { cause: error }));
    } finally {
      this.#opening = undefined;
    }
  }

  #handle(response: IWatchResponse): void {
    const entry = this.#watches.get(response.watch_id);
    if (response.canceled) {
      this.#handleCancel(response, entry);
      return;
    }
    // Answers to a watch that was cancelled meanwhile.
    if (entry === undefined) return;
    if (response.created) {
      entry.isCreated = true;
      return;
    }
    if (response.events.length === 0) {
      entry.options.onProgress(BigInt(response.header.revision));
      return;
    }
    const events =
      entry.fragments.length === 0 ? response.events : [...entry.fragments, ...response.events];
    entry.fragments = response.fragment ? events : [];
    if (!response.fragment) entry.options.onEvents(events);
  }

  #handleCancel(response: IWatchResponse, entry: Entry | undefined): void {
    const error = cancelError(response);
    if (entry !== undefined) {
      this.#watches.delete(response.watch_id);
      entry.options.onEnd(error);
    } else if (response.created) {
      // A watch that is refused may be answered without its id: whoever waits has to try again.
      this.#endAll(error, ({ isCreated }) => !isCreated);
    }
  }

  #endAll(error: WatchError, isMeant: (entry: Entry) => boolean = () => true): void {
    for (const [id, entry] of this.#watches.entries().toArray()) {
      // Being told of one end, a reader may cancel its other watch.
      if (!isMeant(entry) || !this.#watches.delete(id)) continue;
      entry.options.onEnd(error);
    }
  }
}

function createRequest(id: string, { range, startRevision }: ServerWatchOptions): IWatchRequest {
  return {
    create_request: {
      ...range,
      watch_id: id,
      start_revision: String(startRevision),
      prev_kv: true,
      // Otherwise the changes of a thousand revisions come in one message, however long.
      fragment: true,
      progress_notify: true,
    },
  };
}

function cancelError({ compact_revision, cancel_reason }: IWatchResponse): WatchError {
  return compact_revision === '0'
    ? new WatchError('transport', `etcd cancelled the watch: ${cancel_reason}`)
    : new WatchError('compacted', `history begins at revision ${compact_revision}`);
}
