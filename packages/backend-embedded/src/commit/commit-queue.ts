import type { StoredTransaction } from '../keyspace/stored-event.ts';

/** How large a batch may be. */
interface BatchLimits {
  /** Transactions. Default 1024. */
  readonly maxTransactions?: number;
  /** Characters of keys and values, about; at least one transaction is always taken. Default 8 Mi. */
  readonly maxCharacters?: number;
}

/** What a {@link CommitQueue} works with. */
export interface CommitQueueOptions {
  /** Makes a batch durable, which {@link CommitQueue.probe} leaves empty. Rejects when it did not, and nothing of the batch ever will be. */
  readonly write: (batch: readonly StoredTransaction[]) => Promise<void>;
  /** Is told of a durable batch before anybody who waits for it. */
  readonly onDurable: (batch: readonly StoredTransaction[]) => void;
  /** Is told that every transaction in the queue is dropped, before anybody who waits for one. */
  readonly onDropped: () => void;
  readonly limits?: BatchLimits;
}

interface Waiting {
  /** undefined: somebody who only waits until everything before is durable. */
  readonly transaction: StoredTransaction | undefined;
  /** Whether something has to be written, even if it is nothing. */
  readonly isProbe: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: while one batch is made durable, the next one collects.
 *
 * A transaction may have been decided on top of one that is not durable yet. So when a batch fails, everything behind
 * it fails with it.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #maxTransactions: number;
  readonly #maxCharacters: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#maxTransactions = options.limits?.maxTransactions ?? 1024;
    this.#maxCharacters = options.limits?.maxCharacters ?? 8 * 1024 * 1024;
  }

  /** Adds a transaction. @returns resolves when it is durable; rejects when it is dropped */
  enqueue(transaction: StoredTransaction): Promise<void> {
    return this.#wait(transaction, false);
  }

  /** @returns resolves when everything enqueued so far is durable; rejects when it is dropped */
  settled(): Promise<void> {
    return this.#running === undefined ? Promise.resolve() : this.#wait(undefined, false);
  }

  /**
   * Has the disk tried, also when nothing is to be written.
   *
   * @returns resolves when that and everything enqueued so far is durable; rejects when it is not
   */
  probe(): Promise<void> {
    return this.#wait(undefined, true);
  }

  /** @returns resolves when nothing is left, whatever became of it */
  async drain(): Promise<void> {
    await this.#running;
  }

  #wait(transaction: StoredTransaction | undefined, isProbe: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ transaction, isProbe, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever is answered by the batch before, and requests that arrived meanwhile, still get into this one.
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      const taken = this.#take();
      const batch = taken.flatMap(({ transaction }) => transaction ?? []);
      try {
        if (batch.length > 0 || taken.some(({ isProbe }) => isProbe)) {
          await this.#options.write(batch);
        }
      } catch (error) {
        this.#drop(taken, error);
        continue;
      }
      if (batch.length > 0) this.#options.onDurable(batch);
      for (const { resolve } of taken) resolve();
    }
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let count = 0;
    let characters = 0;
    for (const { transaction } of this.#waiting) {
      characters += transaction === undefined ? 0 : charactersOf(transaction);
      if (count > 0 && (count >= this.#maxTransactions || characters > this.#maxCharacters)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #drop(taken: readonly Waiting[], error: unknown): void {
    const dropped = [...taken, ...this.#waiting];
    this.#waiting = [];
    this.#options.onDropped();
    for (const { reject } of dropped) reject(error);
  }
}

function charactersOf(transaction: StoredTransaction): number {
  let characters = 0;
  for (const event of transaction.events) {
    if (event.kind === 'put') characters += event.record.key.length + event.record.value.length;
  }
  return characters;
}
