import type { MicroService } from '@service-center/sdcommon';

/** A service in a {@link ServiceBook}. */
interface Entry {
  readonly service: Pick<MicroService, 'appId' | 'environment'>;
  readonly name: string;
  instances: number;
}

/** Counts what a set of services comes to, as they and their instances come and go. */
export class ServiceBook {
  readonly #services = new Map<string, Entry>();
  /** How many instances all versions of a name have together; by environment, application and name. */
  readonly #names = new Map<string, { services: number; instances: number }>();
  /** How many services each application has; by environment. */
  readonly #environments = new Map<string, Map<string, number>>();
  #instances = 0;
  #onlineNames = 0;

  /** How many services there are. */
  get size(): number {
    return this.#services.size;
  }

  /** How many instances there are. */
  get instances(): number {
    return this.#instances;
  }

  /** How many different names there are, versions aside. */
  get names(): number {
    return this.#names.size;
  }

  /** How many different names have an instance. */
  get onlineNames(): number {
    return this.#onlineNames;
  }

  /** The environments in which there is a service. */
  get environments(): Iterable<string> {
    return this.#environments.keys();
  }

  /** The applications that have a service in an environment. */
  apps(environment: string): Iterable<string> {
    return this.#environments.get(environment)?.keys() ?? [];
  }

  has(serviceId: string): boolean {
    return this.#services.has(serviceId);
  }

  add(serviceId: string, { environment, appId, serviceName }: MicroService): void {
    this.remove(serviceId);
    const name = [environment, appId, serviceName].join('/');
    this.#services.set(serviceId, { service: { environment, appId }, name, instances: 0 });
    const named = this.#names.get(name);
    if (named === undefined) this.#names.set(name, { services: 1, instances: 0 });
    else named.services++;
    let apps = this.#environments.get(environment);
    if (apps === undefined) {
      apps = new Map();
      this.#environments.set(environment, apps);
    }
    apps.set(appId, (apps.get(appId) ?? 0) + 1);
  }

  remove(serviceId: string): void {
    const entry = this.#services.get(serviceId);
    if (entry === undefined) return;
    this.setInstances(serviceId, 0);
    this.#services.delete(serviceId);
    const named = this.#names.get(entry.name);
    if (named !== undefined && --named.services === 0) this.#names.delete(entry.name);
    const { environment, appId } = entry.service;
    const apps = this.#environments.get(environment);
    const left = (apps?.get(appId) ?? 1) - 1;
    if (left > 0) apps?.set(appId, left);
    else apps?.delete(appId);
    if (apps?.size === 0) this.#environments.delete(environment);
  }

  /** Says how many instances a service has now; nothing happens when it is not in the book. */
  setInstances(serviceId: string, count: number): void {
    const entry = this.#services.get(serviceId);
    if (entry === undefined) return;
    const named = this.#names.get(entry.name);
    if (named === undefined) return;
    const change = count - entry.instances;
    const wasOnline = named.instances > 0;
    entry.instances = count;
    named.instances += change;
    this.#instances += change;
    this.#onlineNames += Number(named.instances > 0) - Number(wasOnline);
  }
}
