import type { PushLogEntry, SubscriberView } from './push-log.ts';

type ActEntry = Extract<PushLogEntry, { readonly act: number }>;

/** What an act says before it has its number. */
export type Beginning = ActEntry extends infer Entry
  ? Entry extends { readonly type: 'acknowledged' }
    ? never
    : Omit<Entry, 'act'>
  : never;

/** What a {@link PushRecorder} goes by. */
export interface PushRecorderOptions {
  /** Where its numbers begin, so that those of several processes differ. Default 0. */
  readonly firstNumber?: number;
  /** Is told of each line. */
  readonly onEntry?: (entry: PushLogEntry) => void;
}

/** Writes down what writers do and what subscribers receive, in the order in which it happens. */
export class PushRecorder {
  readonly entries: PushLogEntry[] = [];
  readonly #onEntry: PushRecorderOptions['onEntry'];
  #number: number;

  constructor({ firstNumber = 0, onEntry }: PushRecorderOptions = {}) {
    this.#number = firstNumber;
    this.#onEntry = onEntry;
  }

  /** Adds a line. */
  record(entry: PushLogEntry): void {
    this.entries.push(entry);
    this.#onEntry?.(entry);
  }

  /** A number that was never given before. */
  next(): number {
    return ++this.#number;
  }

  /**
   * Records an act around what performs it.
   *
   * @throws what the performance throws; the act then stays without an acknowledgement
   */
  async act<T>(beginning: Beginning, perform: () => Promise<T>): Promise<T> {
    const act = this.next();
    this.record({ ...beginning, act });
    const result = await perform();
    this.record({ type: 'acknowledged', act });
    return result;
  }

  /** Records that a subscriber connects. @returns the number of the connection */
  connect(subscriber: string, view: SubscriberView, position?: string): number {
    const connection = this.next();
    this.record({
      type: 'connect',
      connection,
      subscriber,
      view,
      ...(position !== undefined && { position }),
    });
    return connection;
  }
}
