import {
  objectKey,
  type ObjectState,
  type PushLogEntry,
  type SubscriberView,
} from '../log/push-log.ts';
import { OrderAgreement } from './order-agreement.ts';
import { isPresent, RegistryHistory, type ObjectVersion } from './registry-history.ts';
import { StreamCheck } from './stream-check.ts';
import type { PushViolation, Report } from './violation.ts';
import { Visibility } from './visibility.ts';
import { WatchCheck } from './watch-check.ts';

type SubscriberCheck = StreamCheck | WatchCheck;

/**
 * Judges a recorded log: whether every subscriber was told every change of its view, in order, once, and nothing else,
 * over disconnects, resumes and resynchronising. It trusts nothing that the server says: changes are recognised by what
 * the writers put into them, and orders by when writes began and were acknowledged.
 *
 * What cannot be known is not held against the server: writes under way at once may come in any order, and of what was
 * on its way when a watching consumer disconnected anything may be missing.
 */
export class PushChecker {
  readonly #entries: readonly PushLogEntry[];
  readonly #history: RegistryHistory;
  readonly #agreement = new OrderAgreement();
  readonly #subscribers = new Map<string, SubscriberCheck>();
  readonly #connections = new Map<number, SubscriberCheck>();
  readonly #violations: PushViolation[] = [];

  /** @throws Error when the log does not fit together, which is the recorder's fault */
  constructor(entries: readonly PushLogEntry[]) {
    this.#entries = entries;
    this.#history = new RegistryHistory(entries);
  }

  /** Everything that is wrong with the log; empty when nothing is. */
  check(): readonly PushViolation[] {
    for (const [tick, entry] of this.#entries.entries()) this.#take(tick, entry);
    this.#agreement.check(this.#entries.length, this.#reporter(undefined));
    return this.#violations;
  }

  #take(tick: number, entry: PushLogEntry): void {
    switch (entry.type) {
      case 'connect': {
        const check = this.#subscriber(entry.subscriber, entry.view);
        this.#connections.set(entry.connection, check);
        check.connect(tick, entry.position);
        break;
      }
      case 'open': {
        const check = this.#connection(entry.connection);
        if (check instanceof WatchCheck) check.open(tick);
        break;
      }
      case 'received':
        this.#connection(entry.connection).receive(tick, entry.frame);
        break;
      case 'find': {
        const { find, appId, serviceName } = entry;
        this.#watcher(entry.connection).find(tick, find, appId, serviceName);
        break;
      }
      case 'found':
        this.#watcher(entry.connection).answer(tick, entry.find, entry.instances);
        break;
      case 'disconnect':
        this.#connection(entry.connection).disconnect();
        break;
      case 'end':
        this.#end(tick, entry.objects);
        break;
      case 'service':
      case 'write':
      case 'depend':
      case 'block':
      case 'acknowledged':
        break;
    }
  }

  #subscriber(name: string, view: SubscriberView): SubscriberCheck {
    const known = this.#subscribers.get(name);
    if (known !== undefined) return known;
    const history = this.#history;
    const options = {
      history,
      visibility: new Visibility(history, view),
      report: this.#reporter(name),
      onChange: (version: ObjectVersion | undefined) => {
        this.#agreement.follow(name, version);
      },
    };
    const check =
      'consumerId' in view
        ? new WatchCheck({ ...options, isListing: view.channel === 'listwatcher' })
        : new StreamCheck(options);
    this.#subscribers.set(name, check);
    return check;
  }

  #connection(connection: number): SubscriberCheck {
    const check = this.#connections.get(connection);
    if (check === undefined) throw new Error(`connection ${connection} was never made`);
    return check;
  }

  #watcher(connection: number): WatchCheck {
    const check = this.#connection(connection);
    if (check instanceof WatchCheck) return check;
    throw new Error(`connection ${connection} is no websocket of a consumer`);
  }

  #end(tick: number, objects: readonly ObjectState[]): void {
    for (const check of this.#subscribers.values()) check.end(tick);
    const report = this.#reporter(undefined);
    const listed = new Map(objects.map((object) => [objectKey(object), object.state]));
    for (const { key, versions } of this.#history.objects()) {
      const last = versions.at(-1);
      const state = isPresent(last) ? last.state : undefined;
      const isListed = listed.get(key);
      listed.delete(key);
      if (state !== isListed)
        report(
          'registry',
          tick,
          `lists ${key} as '${isListed ?? 'gone'}', not '${state ?? 'gone'}'`,
        );
    }
    for (const key of listed.keys()) report('registry', tick, `lists ${key}, which nobody wrote`);
  }

  #reporter(subscriber: string | undefined): Report {
    return (kind, tick, detail) => {
      this.#violations.push({
        kind,
        tick,
        detail,
        ...(subscriber !== undefined && { subscriber }),
      });
    };
  }
}
