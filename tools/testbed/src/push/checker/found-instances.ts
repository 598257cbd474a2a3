import type { ObjectState } from '../log/push-log.ts';
import { isPresent, type ObjectHistory, type RegistryHistory } from './registry-history.ts';
import type { Report } from './violation.ts';

/** A find under way. */
interface Find {
  readonly started: number;
  readonly appId: string;
  readonly serviceName: string;
}

/** What a watching consumer found of its providers since it last had to forget them. */
export class FoundInstances {
  readonly #history: RegistryHistory;
  readonly #report: Report;
  readonly #finds = new Map<number, Find>();
  /** The index of the state that was found of each instance, by key. */
  readonly #found = new Map<string, number>();
  /** When the find of each service began. */
  readonly #foundAt = new Map<string, number>();

  constructor(history: RegistryHistory, report: Report) {
    this.#history = history;
    this.#report = report;
  }

  /** The index of the state that was found; -1 for an instance that was not there yet. */
  get(key: string): number | undefined {
    return this.#found.get(key);
  }

  /** Whether the instances of a service were found. */
  has(serviceId: string): boolean {
    return this.#foundAt.has(serviceId);
  }

  /** The consumer asks for a provider. */
  ask(tick: number, find: number, appId: string, serviceName: string): void {
    this.#finds.set(find, { started: tick, appId, serviceName });
  }

  /**
   * The answer to a find.
   *
   * @param since - when the consumer last had to forget a service: what it asked before is outdated
   */
  answer(
    tick: number,
    find: number,
    instances: readonly ObjectState[],
    since: (serviceId: string) => number,
  ): void {
    const asked = this.#finds.get(find);
    this.#finds.delete(find);
    if (asked === undefined) return;
    for (const object of this.#history.instances()) {
      if (!this.#isOf(object, asked) || asked.started < since(object.serviceId)) continue;
      this.#foundAt.set(object.serviceId, asked.started);
      // Gone, as far as this answer knows.
      const gone = object.versions.findLast(
        ({ action, act }) => action === 'DELETE' && act.started <= tick,
      );
      this.#found.set(object.key, gone?.index ?? -1);
    }
    for (const instance of instances) this.#list(tick, instance, asked);
  }

  /** What was found of a service counts no more. */
  forget(serviceId: string): void {
    this.#foundAt.delete(serviceId);
    for (const object of this.#history.instances())
      if (object.serviceId === serviceId) this.#found.delete(object.key);
  }

  /** Nothing that was found or asked for counts any more. */
  clear(): void {
    this.#finds.clear();
    this.#found.clear();
    this.#foundAt.clear();
  }

  #list(tick: number, instance: ObjectState, { started }: Find): void {
    const version = this.#history.present(instance);
    if (!isPresent(version)) {
      const { instanceId = 'nothing', state } = instance;
      this.#report('unknown', tick, `a find answered '${state}' of ${instanceId}`);
    } else if (this.#foundAt.get(version.serviceId) === started) {
      this.#found.set(version.key, version.index);
    }
  }

  #isOf({ serviceId }: ObjectHistory, { appId, serviceName }: Find): boolean {
    const facts = this.#history.service(serviceId);
    return facts?.appId === appId && facts.serviceName === serviceName;
  }
}
