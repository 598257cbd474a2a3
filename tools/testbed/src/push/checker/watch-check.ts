import { objectKey, type ObjectState, type ReceivedFrame } from '../log/push-log.ts';
import { FoundInstances } from './found-instances.ts';
import {
  describeVersion,
  isPresent,
  type ObjectHistory,
  type ObjectVersion,
  type RegistryHistory,
} from './registry-history.ts';
import type { Report } from './violation.ts';
import type { Visibility } from './visibility.ts';

/** What a {@link WatchCheck} works with. */
export interface WatchCheckOptions {
  readonly history: RegistryHistory;
  readonly visibility: Visibility;
  readonly report: Report;
  /** Whether the instances that are there come first, as `INIT`. */
  readonly isListing: boolean;
  /** Is told of each change, and of `undefined` where an order ends. */
  readonly onChange: (version: ObjectVersion | undefined) => void;
}

/**
 * Follows one consumer on its websocket (spec 04 §5): while it is connected, every change of the instances of its
 * providers in order and once. `EXPIRE` makes it forget a provider and find again; what happened to that provider
 * before is then told by the find alone.
 */
export class WatchCheck {
  readonly #options: WatchCheckOptions;
  #isConnected = false;
  #connectedAt = 0;
  #openedAt = Infinity;
  /** The latest beginning among the writes that were told. */
  #maxStarted = 0;
  #isListingOver = false;
  /** The last state told of each instance; deletions included. */
  readonly #told = new Map<string, number>();
  /** As above, from before the last `EXPIRE`: nothing of it may come again. */
  readonly #floor = new Map<string, number>();
  /** When each service was last expired. */
  readonly #expiredAt = new Map<string, number>();
  readonly #found: FoundInstances;

  constructor(options: WatchCheckOptions) {
    this.#options = options;
    this.#found = new FoundInstances(options.history, options.report);
  }

  /** A connection begins: nothing is known. */
  connect(tick: number): void {
    this.#isConnected = true;
    this.#connectedAt = tick;
    this.#openedAt = Infinity;
    this.#maxStarted = 0;
    this.#isListingOver = !this.#options.isListing;
    for (const map of [this.#told, this.#floor, this.#expiredAt]) map.clear();
    this.#found.clear();
    this.#options.onChange(undefined);
  }

  /** The connection is open: from here on every change counts. */
  open(tick: number): void {
    this.#openedAt = tick;
  }

  /** The connection is over. */
  disconnect(): void {
    this.#isConnected = false;
  }

  /** The consumer asks for a provider. */
  find(tick: number, find: number, appId: string, serviceName: string): void {
    this.#found.ask(tick, find, appId, serviceName);
  }

  /** The answer to a find. */
  answer(tick: number, find: number, instances: readonly ObjectState[]): void {
    this.#found.answer(tick, find, instances, (serviceId) => this.#since(serviceId));
  }

  /** A message came. */
  receive(tick: number, frame: ReceivedFrame): void {
    switch (frame.kind) {
      case 'change':
        this.#change(tick, frame);
        break;
      case 'expire':
        this.#expire(tick, frame);
        break;
      case 'leave':
        break;
      case 'reset':
      case 'synchronized':
      case 'unreadable':
        this.#options.report('protocol', tick, `got ${JSON.stringify(frame)}`);
        break;
    }
  }

  /** Everything has had its time to arrive: what is known has to be what the registry has. */
  end(tick: number): void {
    if (!this.#isConnected) return;
    const { visibility, report } = this.#options;
    if (this.#openedAt === Infinity) {
      report('protocol', tick, 'was never let in');
      return;
    }
    this.#endListing(tick);
    const now = { from: tick, to: tick };
    for (const object of this.#options.history.instances()) {
      const known = this.#told.get(object.key) ?? this.#found.get(object.key);
      const told = known === undefined ? undefined : object.versions[known];
      if (visibility.must(object.serviceId, now)) this.#endObject(tick, object, told);
      else if (isPresent(told) && !visibility.may(object.serviceId, now))
        report('view', tick, `still has ${object.key}, which it may not use`);
    }
  }

  #endObject(tick: number, object: ObjectHistory, told: ObjectVersion | undefined): void {
    const { report } = this.#options;
    const last = object.versions.at(-1);
    if (last === undefined || told === last) {
      if (last !== undefined && !this.#told.has(object.key)) this.#expectPushed(tick, last);
      return;
    }
    if (this.#told.has(object.key) || this.#isOwed(last, tick)) {
      report(
        'gap',
        tick,
        `ends with ${describeVersion(told)} of ${object.key}, not ${describeVersion(last)}`,
      );
    } else if (this.#found.has(object.serviceId) && (isPresent(told) || isPresent(last))) {
      report(
        'view',
        tick,
        `has ${describeVersion(told)} of ${object.key}, not ${describeVersion(last)}`,
      );
    }
  }

  #expectPushed(tick: number, last: ObjectVersion): void {
    if (!this.#isOwed(last, tick)) return;
    this.#options.report(
      'gap',
      tick,
      `${describeVersion(last)} of ${last.key} was found, but never told`,
    );
  }

  #change(tick: number, frame: ReceivedFrame & { readonly kind: 'change' }): void {
    const { history, visibility, report, onChange } = this.#options;
    const version = history.version(frame, tick);
    if (version === undefined) {
      report(
        'unknown',
        tick,
        `nobody wrote ${frame.action} '${frame.state}' of ${objectKey(frame)}`,
      );
      return;
    }
    if (version.isService) {
      report('protocol', tick, `${frame.action} of the service ${version.key}`);
      return;
    }
    const { act, serviceId, key, index } = version;
    if (frame.action === 'INIT') {
      this.#initial(tick, version);
      return;
    }
    if (!visibility.may(serviceId, { from: act.started, to: tick })) {
      report('foreign', tick, `${describeVersion(version)} of ${key}`);
      return;
    }
    this.#endListing(tick);
    this.#checkOrder(tick, version);
    this.#told.set(key, Math.max(index, this.#told.get(key) ?? 0));
    this.#maxStarted = Math.max(this.#maxStarted, act.started);
    onChange(version);
  }

  #initial(tick: number, version: ObjectVersion): void {
    const { visibility, report, history, onChange } = this.#options;
    const { key, index, serviceId } = version;
    if (this.#isListingOver) {
      report('protocol', tick, `INIT of ${key} after the listing`);
      return;
    }
    if (!visibility.may(serviceId, { from: this.#connectedAt, to: tick })) {
      report('foreign', tick, `INIT of ${key}`);
    }
    if (this.#told.has(key)) report('duplicate', tick, `a second INIT of ${key}`);
    this.#told.set(key, index);
    const next = history.object(key).versions[index + 1];
    if (next !== undefined && next.act.acknowledged < this.#connectedAt) {
      report('snapshot', tick, `INIT of ${key} with the old ${describeVersion(version)}`);
    }
    this.#maxStarted = Math.max(this.#maxStarted, version.act.started);
    onChange(undefined);
  }

  /** What was there from before the connection until now has to have been listed. */
  #endListing(tick: number): void {
    if (this.#isListingOver) return;
    this.#isListingOver = true;
    const { visibility, report } = this.#options;
    for (const { key, serviceId, versions } of this.#options.history.instances()) {
      const version = versions.findLast(({ act }) => act.acknowledged <= this.#connectedAt);
      if (!isPresent(version) || this.#told.has(key)) continue;
      const next = versions[version.index + 1];
      if (next !== undefined && next.act.started < tick) continue;
      if (!visibility.must(serviceId, { from: this.#connectedAt, to: tick })) continue;
      report('snapshot', tick, `lacks ${describeVersion(version)} of ${key}`);
      this.#told.set(key, version.index);
    }
  }

  #checkOrder(tick: number, version: ObjectVersion): void {
    const { history, visibility, report } = this.#options;
    const { key, index, act, serviceId } = version;
    const known = this.#told.get(key);
    const last = known ?? this.#floor.get(key);
    if (last === index) {
      report('duplicate', tick, `${describeVersion(version)} of ${key}`);
      return;
    }
    if ((last !== undefined && index < last) || act.acknowledged < this.#maxStarted) {
      report('outOfOrder', tick, `${describeVersion(version)} of ${key} after a later change`);
      return;
    }
    const { versions } = history.object(key);
    const before = versions[index - 1];
    const isListed = this.#options.isListing && !this.#expiredAt.has(serviceId);
    const isMissing = (isListed && isPresent(before)) || this.#isOwed(before, tick);
    if (known === undefined ? isMissing : index > known + 1) {
      const from = versions[known ?? index - 1]?.act.started ?? tick;
      if (visibility.must(serviceId, { from, to: tick }))
        report(
          'gap',
          tick,
          `${describeVersion(version)} of ${key} after ${describeVersion(versions[last ?? -1])}`,
        );
    }
  }

  /** Whether a change has to be told: made while the subscriber was there, after what it was to forget. */
  #isOwed(version: ObjectVersion | undefined, tick: number): boolean {
    if (version === undefined) return false;
    const { serviceId, act, key, index } = version;
    if (act.started <= Math.max(this.#openedAt, this.#since(serviceId))) return false;
    if (index <= (this.#floor.get(key) ?? -1)) return false;
    return this.#options.visibility.must(serviceId, { from: act.started, to: tick });
  }

  #expire(tick: number, frame: ReceivedFrame & { readonly kind: 'expire' }): void {
    const { history, visibility, report } = this.#options;
    const facts = history.serviceNamed(frame, visibility.project);
    if (facts === undefined) {
      report('unknown', tick, `EXPIRE of ${frame.serviceName} ${frame.version}`);
      return;
    }
    this.#endListing(tick);
    this.#expiredAt.set(facts.serviceId, tick);
    this.#found.forget(facts.serviceId);
    for (const { key, serviceId } of this.#options.history.instances()) {
      if (serviceId !== facts.serviceId) continue;
      const told = this.#told.get(key);
      if (told !== undefined) this.#floor.set(key, told);
      this.#told.delete(key);
    }
  }

  #since(serviceId: string): number {
    return this.#expiredAt.get(serviceId) ?? this.#connectedAt;
  }
}
