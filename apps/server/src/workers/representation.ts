import type { InstanceKey } from '@service-center/sdcommon';

import type { WorkerSlot } from './worker-slot.ts';

/**
 * Which worker keeps the server registered. To clients of the registry all workers are one server, so one of them
 * registers it, under an id that follows from the store and the address; when that worker ends, another one takes over
 * long before the lease is over, and nobody sees the instance go.
 */
export class Representation {
  readonly #done = Promise.withResolvers<void>();
  #representative: WorkerSlot | undefined;
  #instance: InstanceKey | undefined;

  /** The server is registered, unless it is not to be. */
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

  /** The representative has registered the server. */
  onRepresenting(instance: InstanceKey | undefined, workers: readonly WorkerSlot[]): void {
    this.#instance = instance;
    this.#done.resolve();
    if (instance === undefined) return;
    for (const worker of workers) {
      if (worker !== this.#representative) worker.send({ kind: 'represented', instance });
    }
  }

  /** A worker is gone. */
  onEnd(worker: WorkerSlot, workers: readonly WorkerSlot[]): void {
    if (worker !== this.#representative) return;
    this.#representative = undefined;
    const heir = workers.find((candidate) => candidate.isListening);
    if (heir !== undefined) this.#appoint(heir);
  }

  #appoint(worker: WorkerSlot): void {
    this.#representative = worker;
    worker.send({ kind: 'represent' });
  }
}
