import { describe, expect, it } from 'vitest';

import type { StoredTransaction } from '../keyspace/stored-event.ts';
import { StoredRecord } from '../keyspace/stored-record.ts';
import { CommitQueue } from './commit-queue.ts';

function transactionOf(revision: bigint, length = 1): StoredTransaction {
  const record = new StoredRecord({
    rowId: 1,
    key: 'key',
    value: 'x'.repeat(length),
    createRevision: revision,
    modRevision: revision,
    version: 1n,
    lease: 0n,
  });
  return { revision, events: [{ kind: 'put', record, previous: undefined }] };
}

function revisions(batch: readonly StoredTransaction[]): string {
  return batch.map(({ revision }) => revision).join('+');
}

class Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.passed = promise;
    this.open = resolve;
  }
}

/** A queue over a disk that answers when the test says so. */
class Subject {
  readonly log: string[] = [];
  readonly queue: CommitQueue;
  #disk: { resolve(): void; reject(error: Error): void } | undefined;
  #arrival = new Gate();

  constructor(limits: ConstructorParameters<typeof CommitQueue>[0]['limits'] = {}) {
    this.queue = new CommitQueue({
      write: (batch) => {
        this.log.push(`write ${revisions(batch)}`);
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        this.#disk = { resolve, reject };
        this.#arrival.open();
        return promise;
      },
      onDurable: (batch) => this.log.push(`durable ${revisions(batch)}`),
      onDropped: () => this.log.push('dropped'),
      limits,
    });
  }

  enqueue(revision: bigint, length = 1): Promise<void> {
    return this.#record(`${revision}`, this.queue.enqueue(transactionOf(revision, length)));
  }

  settled(name: string): Promise<void> {
    return this.#record(name, this.queue.settled());
  }

  probe(name: string): Promise<void> {
    return this.#record(name, this.queue.probe());
  }

  /** Waits until a batch is at the disk. */
  async arrived(): Promise<void> {
    await this.#arrival.passed;
  }

  /** Waits for the next batch and answers it. */
  async answer(error?: Error): Promise<void> {
    await this.arrived();
    this.#arrival = new Gate();
    if (error === undefined) this.#disk?.resolve();
    else this.#disk?.reject(error);
  }

  async #record(name: string, promise: Promise<void>): Promise<void> {
    await promise.then(
      () => this.log.push(`${name} ok`),
      (error: unknown) => this.log.push(`${name} ${String(error)}`),
    );
  }
}

describe('group commit', () => {
  it('collects the next batch while one is at the disk, and answers after it is durable', async () => {
    const subject = new Subject();
    const all = [subject.enqueue(1n)];
    await subject.arrived();
    all.push(subject.enqueue(2n), subject.enqueue(3n));
    expect(subject.log).toEqual(['write 1']);
    await subject.answer();
    await subject.answer();
    await Promise.all(all);

    expect(subject.log).toEqual([
      'write 1',
      'durable 1',
      '1 ok',
      'write 2+3',
      'durable 2+3',
      '2 ok',
      '3 ok',
    ]);
  });

  it('drops with a failed batch everything that was decided after it', async () => {
    const subject = new Subject({ maxTransactions: 1 });
    const all = [subject.enqueue(1n), subject.enqueue(2n), subject.settled('reader')];
    await subject.answer(new Error('disk full'));
    await Promise.all(all);
    const next = subject.enqueue(1n);
    await subject.answer();
    await next;

    expect(subject.log).toEqual([
      'write 1',
      'dropped',
      '1 Error: disk full',
      '2 Error: disk full',
      'reader Error: disk full',
      'write 1',
      'durable 1',
      '1 ok',
    ]);
  });

  it('lets a reader wait for what is before it, and for nothing else', async () => {
    const subject = new Subject();
    await subject.settled('early');
    const all = [subject.enqueue(1n), subject.settled('late')];
    await subject.answer();
    await Promise.all(all);

    expect(subject.log).toEqual(['early ok', 'write 1', 'durable 1', '1 ok', 'late ok']);
  });

  it('tries the disk for a probe also when there is nothing to write', async () => {
    const subject = new Subject();
    const probes = [subject.probe('first')];
    await subject.answer();
    await Promise.all(probes);
    probes.push(subject.probe('second'));
    await subject.answer(new Error('disk full'));
    await Promise.all(probes);

    expect(subject.log).toEqual([
      'write ',
      'first ok',
      'write ',
      'dropped',
      'second Error: disk full',
    ]);
  });

  it('bounds a batch, but takes a transaction that is too large by itself', async () => {
    const subject = new Subject({ maxTransactions: 2, maxCharacters: 100 });
    const all = [1n, 2n, 3n].map((revision) => subject.enqueue(revision));
    all.push(subject.enqueue(4n, 1000), subject.enqueue(5n));
    for (let batch = 0; batch < 4; batch++) await subject.answer();
    await Promise.all(all);

    const writes = subject.log.filter((line) => line.startsWith('write'));
    expect(writes).toEqual(['write 1+2', 'write 3', 'write 4', 'write 5']);
  });

  it('is drained when nothing waits, also after a failure', async () => {
    const subject = new Subject();
    const write = subject.enqueue(1n);
    const drained = subject.queue.drain();
    await subject.answer(new Error('disk full'));
    await drained;
    await write;

    expect(subject.log).toEqual(['write 1', 'dropped', '1 Error: disk full']);
  });
});
