import {
  objectKey,
  type ChangeAction,
  type ObjectState,
  type PushLogEntry,
  type ReceivedFrame,
  type ServiceFacts,
} from '../log/push-log.ts';

/** When something was begun and when it was known to have happened; ticks are indices of log entries. */
export interface Act {
  readonly started: number;
  /** Infinity: never. */
  acknowledged: number;
}

/** One state in the life of one object. */
export interface ObjectVersion {
  readonly key: string;
  readonly serviceId: string;
  readonly isService: boolean;
  /** The place among all states of the object. */
  readonly index: number;
  readonly action: ChangeAction;
  readonly state: string;
  readonly act: Act;
}

/** What a {@link RegistryHistory} knows of one object. */
export interface ObjectHistory {
  readonly key: string;
  readonly serviceId: string;
  readonly versions: readonly ObjectVersion[];
}

/** A consumer's dependency on every version of a provider. */
export interface Dependency {
  readonly consumerId: string;
  readonly appId: string;
  readonly serviceName: string;
  readonly act: Act;
}

/** A change of whether a service is kept from all consumers. */
export interface Block {
  readonly isBlocked: boolean;
  readonly act: Act;
}

interface GrowingHistory extends ObjectHistory {
  readonly versions: ObjectVersion[];
}

/** What the writers of a log did: for each object the states it went through. One writer at a time writes an object. */
export class RegistryHistory {
  readonly dependencies: Dependency[] = [];
  readonly #services = new Map<string, ServiceFacts>();
  readonly #blocks = new Map<string, Block[]>();
  readonly #objects = new Map<string, GrowingHistory>();
  readonly #versions = new Map<string, ObjectVersion>();

  /** @throws Error when the log does not fit together, which is the recorder's fault */
  constructor(entries: Iterable<PushLogEntry>) {
    const acts = new Map<number, Act>();
    let tick = 0;
    for (const entry of entries) this.#take(entry, tick++, acts);
  }

  /** What a service is; undefined when the log does not say. */
  service(serviceId: string): ServiceFacts | undefined {
    return this.#services.get(serviceId);
  }

  /** The service of a name and version. */
  serviceNamed(
    name: Omit<ServiceFacts, 'serviceId' | 'project'>,
    project: string,
  ): ServiceFacts | undefined {
    for (const facts of this.#services.values()) {
      if (
        facts.serviceName === name.serviceName &&
        facts.version === name.version &&
        facts.appId === name.appId &&
        facts.environment === name.environment &&
        facts.project === project
      ) {
        return facts;
      }
    }
    return undefined;
  }

  /** When a service was kept from its consumers, in order. */
  blocks(serviceId: string): readonly Block[] {
    return this.#blocks.get(serviceId) ?? [];
  }

  /** Everything that was ever written. */
  objects(): Iterable<ObjectHistory> {
    return this.#objects.values();
  }

  /** Every instance that was ever written. */
  instances(): readonly ObjectHistory[] {
    return [...this.#objects.values()].filter(({ key, serviceId }) => key !== serviceId);
  }

  /** The states of an object. @throws Error when nobody ever wrote it */
  object(key: string): ObjectHistory {
    const history = this.#objects.get(key);
    if (history === undefined) throw new Error(`nobody wrote ${key}`);
    return history;
  }

  /**
   * The state that a change led to, or the one that `INIT` tells of.
   *
   * @param tick - when it was told
   * @returns undefined when nobody had written it by then
   */
  version(
    change: ReceivedFrame & { readonly kind: 'change' },
    tick = Infinity,
  ): ObjectVersion | undefined {
    const version =
      change.action === 'INIT'
        ? this.present(change)
        : this.#versions.get(versionKey(change.action, change));
    return version !== undefined && version.act.started < tick ? version : undefined;
  }

  /** The version in which an object that is there has a state; undefined when it never had. */
  present(object: ObjectState): ObjectVersion | undefined {
    return (
      this.#versions.get(versionKey('CREATE', object)) ??
      this.#versions.get(versionKey('UPDATE', object))
    );
  }

  #take(entry: PushLogEntry, tick: number, acts: Map<number, Act>): void {
    const begin = (number: number): Act => {
      if (acts.has(number)) throw new Error(`act ${number} begins twice`);
      const act = { started: tick, acknowledged: Infinity };
      acts.set(number, act);
      return act;
    };
    switch (entry.type) {
      case 'service':
        this.#services.set(entry.serviceId, entry);
        break;
      case 'write': {
        const act = begin(entry.act);
        for (const change of entry.changes) this.#add(change, act);
        break;
      }
      case 'depend':
        this.dependencies.push({ ...entry, act: begin(entry.act) });
        break;
      case 'block': {
        const blocks = this.#blocks.get(entry.serviceId) ?? [];
        this.#blocks.set(entry.serviceId, blocks);
        blocks.push({ isBlocked: entry.isBlocked, act: begin(entry.act) });
        break;
      }
      case 'acknowledged': {
        const act = acts.get(entry.act);
        if (act === undefined) throw new Error(`act ${entry.act} ends before it begins`);
        act.acknowledged = tick;
        break;
      }
      case 'connect':
      case 'open':
      case 'received':
      case 'find':
      case 'found':
      case 'disconnect':
      case 'end':
        break;
    }
  }

  #add(change: ObjectState & { readonly action: ChangeAction }, act: Act): void {
    const key = objectKey(change);
    const { serviceId, action, state } = change;
    if (!this.#services.has(serviceId)) throw new Error(`nobody said what service ${serviceId} is`);
    const history = this.#objects.get(key) ?? { key, serviceId, versions: [] };
    this.#objects.set(key, history);
    const index = history.versions.length;
    const isService = change.instanceId === undefined;
    const version = { key, serviceId, isService, index, action, state, act };
    history.versions.push(version);
    const name = versionKey(action, change);
    if (this.#versions.has(name)) throw new Error(`${name} is written twice`);
    this.#versions.set(name, version);
  }
}

/** Whether the object is there in a version; before the first one it is not. */
export function isPresent(version: ObjectVersion | undefined): version is ObjectVersion {
  return version !== undefined && version.action !== 'DELETE';
}

/** A version in words. */
export function describeVersion(version: ObjectVersion | undefined): string {
  if (version === undefined) return 'nothing';
  return `${version.action} ${version.index} '${version.state}'`;
}

function versionKey(action: ChangeAction, object: ObjectState): string {
  return `${action} ${objectKey(object)} ${object.state}`;
}
