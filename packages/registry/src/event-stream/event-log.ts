import { LogEntry, type LogEntryOptions } from './log-entry.ts';

/** What an {@link EventLog} works with. */
export interface EventLogOptions {
  /** How many changes are kept. */
  readonly maxChanges: number;
  /** What they may take in memory, about. */
  readonly maxBytes: number;
  /** Names this log among those of all servers and of earlier processes; without a dot. */
  readonly logId: string;
}

const positionPattern = /^[\w-]{1,64}\.\d{1,15}$/;

// So many forgotten places are given back at once, which costs nothing then.
const compactAt = 1024;

/**
 * The latest changes of this server in the order in which its caches told of them, so that a stream can go on where it
 * was (spec 03 §7.4).
 *
 * The order is this server's own: deletions that self-preservation holds back make it differ from the store's and from
 * that of other servers (spec 03 §6). So a position names the log it comes from, and means nothing to another one.
 */
export class EventLog {
  readonly #options: EventLogOptions;
  /** A gap is a mark, or forgotten. */
  #entries: (LogEntry | undefined)[] = [];
  /** How many of them, at the front, are forgotten. */
  #forgotten = 0;
  #newest = 0;
  #bytes = 0;
  /** Deletions of services among the entries, in their order. */
  #deletions: LogEntry[] = [];

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  /** The sequence number of the latest change or mark; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The sequence number of the oldest change or mark that is kept; that of the next one when none is. */
  get oldest(): number {
    return this.#newest - this.size + 1;
  }

  /** How many changes and marks are kept. */
  get size(): number {
    return this.#entries.length - this.#forgotten;
  }

  /** What they take in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The position after a change. */
  position(sequence: number): string {
    return `${this.#options.logId}.${sequence}`;
  }

  /** Whether a text looks like a position, of whatever log. */
  static isPosition(text: string): boolean {
    return positionPattern.test(text);
  }

  /** The sequence number that a position stands for; undefined when it is not one of this log's. */
  sequenceOf(position: string): number | undefined {
    const prefix = `${this.#options.logId}.`;
    if (!position.startsWith(prefix) || !EventLog.isPosition(position)) return undefined;
    const sequence = Number(position.slice(prefix.length));
    return sequence <= this.#newest ? sequence : undefined;
  }

  /** Whether all changes after a sequence number are kept. */
  has(sequence: number): boolean {
    return sequence >= this.oldest - 1;
  }

  /** A change that is kept; undefined for a mark. */
  get(sequence: number): LogEntry | undefined {
    return sequence < this.oldest
      ? undefined
      : this.#entries[this.#forgotten + sequence - this.oldest];
  }

  /** Deletions of services after a sequence number. */
  deletionsAfter(sequence: number): readonly LogEntry[] {
    return this.#deletions.filter((entry) => entry.sequence > sequence);
  }

  /** Adds a change; forgets the oldest ones where there is no room. */
  append(change: Omit<LogEntryOptions, 'sequence' | 'position'>): LogEntry {
    const sequence = ++this.#newest;
    const entry = new LogEntry({ ...change, sequence, position: this.position(sequence) });
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    if (entry.resource.type === 'SERVICE' && entry.action === 'DELETE') {
      this.#deletions.push(entry);
    }
    this.#forgetExcess();
    return entry;
  }

  /**
   * Marks a moment: positions that were given before are less than its sequence number, those given afterwards are not.
   *
   * @returns the mark's sequence number
   */
  mark(): number {
    this.#entries.push(undefined);
    const sequence = ++this.#newest;
    this.#forgetExcess();
    return sequence;
  }

  #forgetExcess(): void {
    const { maxChanges, maxBytes } = this.#options;
    while (this.size > maxChanges || (this.#bytes > maxBytes && this.size > 0)) {
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    const oldest = this.#entries[this.#forgotten];
    if (oldest !== undefined) {
      this.#bytes -= oldest.bytes;
      if (this.#deletions[0] === oldest) this.#deletions.shift();
    }
    this.#entries[this.#forgotten++] = undefined;
    if (this.#forgotten >= compactAt && this.#forgotten * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#forgotten);
      this.#forgotten = 0;
    }
  }
}
