import type { SceneServer } from '../scene/fault-scene.ts';
import { pause } from './pause.ts';
import { providerFacts } from './provider-facts.ts';
import { RecordedObject, type RecordedObjectOptions } from './recorded-object.ts';

/** What a {@link RegistryWriter} works with. */
export interface RegistryWriterOptions extends Omit<RecordedObjectOptions, 'facts' | 'instance'> {
  /** Its services and their ids begin with it. */
  readonly name: string;
  readonly appId: string;
  readonly server: SceneServer;
  readonly random: () => number;
}

/** Longer than any round: a writer's instances live by their writes. */
const writerHealthCheck = { interval: 60, times: 10 };
const writeMs = 20;
/**
 * To another server an unregistration may be an expiry, and more than 8 of those within 2 s are held back until it is
 * known whether something worse is the matter (spec 00, decision 14). A held one that is followed by a registration is
 * an update to subscribers there.
 */
const unregisterMs = 2500;

interface Lot {
  readonly service: RecordedObject;
  readonly instance: RecordedObject;
}

/** Registers, changes and unregisters one service after the other, with one instance each, in an order of chance. */
export class RegistryWriter {
  readonly #options: RegistryWriterOptions;
  readonly #objects: RecordedObject[] = [];
  #lot: Lot | undefined;
  #generation = 0;
  #unregisteredMs = 0;

  constructor(options: RegistryWriterOptions) {
    this.#options = options;
  }

  /** Where it writes. */
  get server(): SceneServer {
    return this.#options.server;
  }

  /** Writes until the signal is aborted; what it has begun is settled then. */
  async run(signal: AbortSignal): Promise<void> {
    while (await pause(writeMs, signal)) await this.#write();
  }

  /** Compares what was acknowledged with what the store holds. */
  checkStored(stored: ReadonlyMap<string, string>): void {
    for (const object of this.#objects) object.checkStored(stored);
  }

  async #write(): Promise<void> {
    const { random, server } = this.#options;
    const { service, instance } = (this.#lot ??= this.#found());
    const chance = random();
    if (!service.isPresent) {
      await service.register(server);
    } else if (!instance.isPresent) {
      if (chance < 0.1) await this.#leave(service);
      else if (chance < 0.3) await service.change(server);
      else await instance.register(server);
    } else if (chance < 0.1) {
      await service.change(server);
    } else if (chance < 0.5) {
      await instance.change(server);
    } else if (chance < 0.8 && instance.mayTurn) {
      await instance.turn(server);
    } else if (performance.now() - this.#unregisteredMs > unregisterMs) {
      this.#unregisteredMs = performance.now();
      await instance.unregister(server);
    }
  }

  async #leave(service: RecordedObject): Promise<void> {
    await service.unregister(this.server);
    // An id that was used once is not used again.
    if (!service.isPresent) this.#lot = undefined;
  }

  #found(): Lot {
    const { name, appId, record } = this.#options;
    const serviceId = `${name}-${++this.#generation}`;
    const facts = providerFacts(appId, serviceId);
    record.recorder.record({ type: 'service', ...facts });
    const service = new RecordedObject({ ...this.#options, facts });
    const description = { instanceId: `${serviceId}-instance`, healthCheck: writerHealthCheck };
    const instance = new RecordedObject({ ...this.#options, facts, instance: description });
    this.#objects.push(service, instance);
    return { service, instance };
  }
}
