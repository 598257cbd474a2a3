import type {
  ChangeAction,
  LoggedChange,
  ObjectState,
  PushLogEntry,
  SubscriberView,
} from '../log/push-log.ts';
import { objectKey } from '../log/push-log.ts';
import {
  appId,
  expiry,
  idealService,
  isInitial,
  isOfConsumer,
  isWatching,
  toFrame,
  toInitial,
  withAction,
  type Commit,
  type IdealSubscriber,
} from './ideal-subscriber.ts';

/** A position of which the ideal server says that it does not know it. */
const foreignPosition = 'elsewhere.1';

/**
 * A registry and its subscribers as they ought to be, at random, which leave a log that nothing is wrong with. What the
 * checker catches is shown by spoiling such logs.
 */
export class IdealLog {
  readonly entries: PushLogEntry[] = [];
  readonly #random: () => number;
  readonly #commits: Commit[] = [];
  readonly #present = new Map<string, ObjectState>();
  readonly #subscribers: IdealSubscriber[] = [];
  readonly #dependsOn = new Set<string>();
  readonly #blocked = new Set<string>();
  #number = 0;
  #connections = 0;
  #isEnding = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A log of some hundred entries over every kind of subscriber. */
  static of(random: () => number): readonly PushLogEntry[] {
    const log = new IdealLog(random);
    for (const serviceId of ['consumer', 'cart', 'stock', 'late', 'alone']) log.#found(serviceId);
    log.#found('elsewhere', 'other');
    for (const provider of ['cart', 'stock']) log.#depend(provider);
    const of = { channel: 'sse', project: 'default' } as const;
    log.#subscribe('watcher', { channel: 'watcher', consumerId: 'consumer' });
    log.#subscribe('listwatcher', { channel: 'listwatcher', consumerId: 'consumer' });
    log.#subscribe('everything', { ...of, topics: [{ kind: 'project' }] });
    log.#subscribe('one provider', {
      ...of,
      channel: 'socket.io',
      topics: [{ kind: 'provider', appId, serviceName: 'alone' }],
    });
    log.#subscribe('a consumer', { ...of, topics: [{ kind: 'consumer', serviceId: 'consumer' }] });
    for (let step = 0; step < 120; step++) log.#step();
    log.#end();
    return log.entries;
  }

  #step(): void {
    const subscriber = this.#pick(this.#subscribers);
    const chance = this.#random();
    if (chance < 0.3) this.#write(1);
    else if (chance < 0.45) this.#write(2);
    else if (chance < 0.82) this.#deliver(subscriber, Math.ceil(this.#random() * 12));
    else if (chance < 0.88) this.#disconnect(subscriber);
    else if (chance < 0.94) this.#lag(subscriber);
    else if (chance < 0.96) this.#depend('late');
    else if (chance < 0.98) this.#block();
    else this.#deleteService();
  }

  #end(): void {
    this.#isEnding = true;
    for (const subscriber of this.#subscribers) {
      if (subscriber.connection === undefined) this.#connect(subscriber);
      this.#deliver(subscriber, Infinity);
    }
    this.entries.push({ type: 'end', objects: [...this.#present.values()] });
  }

  #found(serviceId: string, project?: string): void {
    this.entries.push({ type: 'service', ...idealService(serviceId, project) });
    this.#together([this.#change({ serviceId })]);
  }

  /** Writes to so many instances at once, whose order is then known to nobody but the store. */
  #write(count: number): void {
    const places = ['cart', 'stock', 'late', 'alone', 'elsewhere'].filter((id) =>
      this.#present.has(id),
    );
    const instances = new Map<string, { serviceId: string; instanceId: string }>();
    while (instances.size < count) {
      const instance = {
        serviceId: this.#pick(places),
        instanceId: this.#pick(['one', 'two', 'three']),
      };
      instances.set(objectKey(instance), instance);
    }
    const acts = [...instances.values()].map((instance) => ({
      act: ++this.#number,
      change: this.#change(instance),
    }));
    for (const { act, change } of acts)
      this.entries.push({ type: 'write', act, changes: [change] });
    if (this.#random() < 0.5) acts.reverse();
    for (const { change } of acts) this.#commit(change);
    if (this.#random() < 0.5) this.#deliver(this.#pick(this.#subscribers), 4);
    if (this.#random() < 0.5) acts.reverse();
    for (const { act } of acts) this.entries.push({ type: 'acknowledged', act });
  }

  #deleteService(): void {
    if (!this.#present.has('alone')) {
      this.#together([this.#change({ serviceId: 'alone' })]);
      return;
    }
    const objects = [...this.#present.values()].filter(({ serviceId }) => serviceId === 'alone');
    this.#together(objects.map((object) => withAction(object, 'DELETE')));
  }

  /** Several changes by one write. */
  #together(changes: readonly LoggedChange[]): void {
    const act = ++this.#number;
    this.entries.push({ type: 'write', act, changes });
    for (const change of changes) this.#commit(change);
    this.entries.push({ type: 'acknowledged', act });
  }

  #change(object: { serviceId: string; instanceId?: string }): LoggedChange {
    const present = this.#present.get(objectKey(object));
    const isInstance = object.instanceId !== undefined;
    const action: ChangeAction =
      present === undefined ? 'CREATE' : isInstance && this.#random() < 0.2 ? 'DELETE' : 'UPDATE';
    const state = action === 'DELETE' ? (present?.state ?? '') : String(++this.#number);
    return { ...object, action, state };
  }

  #commit(change: LoggedChange): void {
    const position = `here.${this.#commits.length}`;
    this.#commits.push({ change, position });
    const { action, ...object } = change;
    if (action === 'DELETE') this.#present.delete(objectKey(object));
    else this.#present.set(objectKey(object), object);
    for (const subscriber of this.#subscribers) {
      if (subscriber.connection === undefined || !this.#sees(subscriber, change)) continue;
      subscriber.waiting.push(toFrame(subscriber, { change, position }));
    }
  }

  #depend(serviceName: string): void {
    if (this.#dependsOn.has(serviceName)) return;
    const act = ++this.#number;
    this.entries.push({ type: 'depend', act, consumerId: 'consumer', appId, serviceName });
    this.#changeView(() => this.#dependsOn.add(serviceName));
    this.entries.push({ type: 'acknowledged', act });
  }

  #block(): void {
    const act = ++this.#number;
    const isBlocked = !this.#blocked.has('cart');
    this.entries.push({ type: 'block', act, serviceId: 'cart', isBlocked });
    this.#changeView(() => {
      if (isBlocked) this.#blocked.add('cart');
      else this.#blocked.delete('cart');
    });
    for (const subscriber of this.#subscribers) {
      if (isWatching(subscriber) && subscriber.connection !== undefined)
        subscriber.waiting.push(expiry('cart'));
    }
    this.entries.push({ type: 'acknowledged', act });
  }

  #changeView(change: () => void): void {
    const before = this.#sight;
    change();
    if (this.#sight === before) return;
    for (const subscriber of this.#subscribers) {
      if (subscriber.connection === undefined || isWatching(subscriber)) continue;
      if (isOfConsumer(subscriber)) this.#startOver(subscriber, 'viewChanged');
    }
  }

  #subscribe(name: string, view: SubscriberView): void {
    const subscriber = {
      name,
      view,
      connection: undefined,
      position: undefined,
      sight: '',
      nextSight: '',
      waiting: [],
    };
    this.#subscribers.push(subscriber);
    this.#connect(subscriber);
  }

  #connect(subscriber: IdealSubscriber): void {
    const connection = ++this.#connections;
    const { name, view } = subscriber;
    if (!isWatching(subscriber) && subscriber.position !== undefined && this.#random() < 0.1)
      subscriber.position = foreignPosition;
    const { position } = subscriber;
    this.entries.push({
      type: 'connect',
      connection,
      subscriber: name,
      view,
      ...(position !== undefined && { position }),
    });
    subscriber.connection = connection;
    subscriber.waiting = [];
    if (isWatching(subscriber)) {
      this.#open(subscriber, connection);
      return;
    }
    if (position === undefined) this.#startOver(subscriber, 'new');
    else if (position === foreignPosition) this.#startOver(subscriber, 'positionUnknown');
    else if (isOfConsumer(subscriber) && subscriber.sight !== this.#sight)
      this.#startOver(subscriber, 'viewChanged');
    else this.#resume(subscriber, position);
  }

  #open(subscriber: IdealSubscriber, connection: number): void {
    if (subscriber.view.channel === 'listwatcher') {
      for (const object of this.#present.values()) {
        if (this.#sees(subscriber, object)) subscriber.waiting.push(toInitial(object));
      }
    }
    if (!this.#isEnding && this.#random() < 0.5) this.#write(1);
    this.entries.push({ type: 'open', connection });
    for (const serviceName of this.#dependsOn) this.#find(connection, serviceName);
  }

  #find(connection: number, serviceName: string): void {
    const find = ++this.#number;
    this.entries.push({ type: 'find', connection, find, appId, serviceName });
    if (!this.#isEnding && this.#random() < 0.3) this.#write(1);
    const instances = [...this.#present.values()].filter(
      ({ serviceId, instanceId }) =>
        serviceId === serviceName && instanceId !== undefined && !this.#blocked.has(serviceId),
    );
    this.entries.push({ type: 'found', connection, find, instances });
  }

  #startOver(subscriber: IdealSubscriber, reason: string): void {
    subscriber.nextSight = this.#sight;
    const objects = [...this.#present.values()]
      .filter((object) => this.#sees(subscriber, object))
      .toSorted((left, right) => Number('instanceId' in left) - Number('instanceId' in right));
    // A reset that was not sent yet says the first reason.
    const due = subscriber.waiting.find((frame) => frame.kind === 'reset');
    subscriber.waiting = [
      due ?? { kind: 'reset', reason },
      ...objects.map(toInitial),
      { kind: 'synchronized', position: this.#position },
    ];
  }

  #resume(subscriber: IdealSubscriber, position: string): void {
    subscriber.nextSight = subscriber.sight;
    const after = this.#commits.findIndex((commit) => commit.position === position);
    const missed = this.#commits
      .slice(after + 1)
      .filter(({ change }) => this.#sees(subscriber, change));
    subscriber.waiting = [
      ...missed.map((commit) => toFrame(subscriber, commit)),
      { kind: 'synchronized', position: this.#position },
    ];
  }

  #lag(subscriber: IdealSubscriber): void {
    if (subscriber.connection === undefined) return;
    if (!isWatching(subscriber)) {
      const isNew = subscriber.waiting.some(({ kind }) => kind === 'reset');
      if (!isNew) this.#startOver(subscriber, 'slow');
      return;
    }
    const kept = subscriber.waiting.filter((frame) => isInitial(frame));
    const dropped = subscriber.waiting.filter((frame) => !isInitial(frame));
    const providers = new Set(
      dropped.flatMap((frame) =>
        frame.kind === 'change'
          ? [frame.serviceId]
          : frame.kind === 'expire'
            ? [frame.serviceName]
            : [],
      ),
    );
    subscriber.waiting = [...kept, ...[...providers].map(expiry)];
  }

  #deliver(subscriber: IdealSubscriber, count: number): void {
    const { connection } = subscriber;
    if (connection === undefined) return;
    for (let sent = 0; sent < count; sent++) {
      const frame = subscriber.waiting.shift();
      if (frame === undefined) return;
      this.entries.push({ type: 'received', connection, frame });
      if (frame.kind === 'expire') this.#find(connection, frame.serviceName);
      if (frame.kind === 'reset') subscriber.position = undefined;
      if (!('position' in frame) || frame.position === undefined) continue;
      subscriber.position = frame.position;
      subscriber.sight = subscriber.nextSight;
    }
  }

  #disconnect(subscriber: IdealSubscriber): void {
    const { connection } = subscriber;
    if (connection === undefined) {
      this.#connect(subscriber);
      return;
    }
    this.entries.push({ type: 'disconnect', connection });
    subscriber.connection = undefined;
    subscriber.waiting = [];
  }

  get #position(): string {
    return this.#commits.at(-1)?.position ?? 'here';
  }

  get #sight(): string {
    return [...this.#dependsOn].filter((id) => !this.#blocked.has(id)).join(' ');
  }

  #sees({ view }: IdealSubscriber, { serviceId, instanceId }: Omit<ObjectState, 'state'>): boolean {
    const isUsed = this.#dependsOn.has(serviceId) && !this.#blocked.has(serviceId);
    if ('consumerId' in view) return instanceId !== undefined && isUsed;
    const [topic] = view.topics;
    if (topic?.kind === 'consumer') return isUsed;
    return topic?.kind === 'provider' ? serviceId === 'alone' : serviceId !== 'elsewhere';
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.#random() * choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }
}
