import type { InstanceKey } from '@service-center/sdcommon';

import type { WorkerSlot } from './worker-slot.ts';

/**
 * Which worker keeps the server registered. To clients of the registry all workers are one server, so one of them
 * registers it, under an id that follows from the store and the address; when that worker ends, another one takes over
 * long before the lease is over, and nobody sees the instance go.
 */
export class Representation {
  readonly #workers: () => readonly WorkerSlot[];
  readonly #done = Promise.withResolvers<void>();
  readonly #showing = new Set<WorkerSlot>();
  #representative: WorkerSlot | undefined;
  #instance: InstanceKey | undefined;

  /** @param workers - all places for workers, whoever is in them at the time */
  constructor(workers: () => readonly WorkerSlot[]) {
    this.#workers = workers;
  }

  /**
   * The server is registered and every worker shows it, unless it is not to be registered. A worker that ends before
   * that is not waited for, but the one that follows in its place is.
   */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** A worker takes connections. */
  onListening(worker: WorkerSlot): void {
    if (this.#representative === undefined) this.#appoint(worker);
    else if (this.#instance !== undefined) {
      worker.send({ kind: 'represented', instance: this.#instance });
    }
  }

  /** The representative has registered the server, and shows that. */
  onRepresenting(worker: WorkerSlot, instance: InstanceKey | undefined): void {
    this.#instance = instance;
    if (instance === undefined) {
      this.#done.resolve();
      return;
    }
    // What they showed may have been gone in between: a store can be away for longer than the lease.
    this.#showing.clear();
    for (const other of this.#workers()) {
      if (other !== worker && other.isListening) other.send({ kind: 'represented', instance });
    }
    this.#note(worker);
  }

  /** A worker that was told of the registration shows it. */
  onShowing(worker: WorkerSlot): void {
    // One that was appointed since then shows what the worker before it has left; it has yet to register the server.
    if (worker !== this.#representative) this.#note(worker);
  }

  /** A worker is gone. */
  onEnd(worker: WorkerSlot): void {
    this.#showing.delete(worker);
    if (worker !== this.#representative) return;
    this.#representative = undefined;
    const heir = this.#workers().find((candidate) => candidate.isListening);
    if (heir !== undefined) this.#appoint(heir);
  }

  #appoint(worker: WorkerSlot): void {
    this.#representative = worker;
    this.#showing.delete(worker);
    worker.send({ kind: 'represent' });
  }

  #note(worker: WorkerSlot): void {
    // The last words of a process may arrive after its end; they do not count for the next one.
    if (!worker.isListening) return;
    this.#showing.add(worker);
    if (this.#workers().every((each) => this.#showing.has(each))) this.#done.resolve();
  }
}
