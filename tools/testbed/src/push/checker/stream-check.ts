import { objectKey, type ReceivedFrame } from '../log/push-log.ts';
import { KnownStates } from './known-states.ts';
import {
  describeVersion,
  isPresent,
  type ObjectHistory,
  type ObjectVersion,
  type RegistryHistory,
} from './registry-history.ts';
import type { Span, Visibility } from './visibility.ts';
import type { Report } from './violation.ts';

/** What a {@link StreamCheck} works with. */
export interface StreamCheckOptions {
  readonly history: RegistryHistory;
  readonly visibility: Visibility;
  readonly report: Report;
  /** Is told of each change of the live tail, and of `undefined` where an order ends. */
  readonly onChange: (version: ObjectVersion | undefined) => void;
}

/** Where in its stream a subscriber is. */
type Phase =
  | 'disconnected'
  /** Connected without a position: a reset has to come. */
  | 'fresh'
  /** Connected with a position: a reset, a change or the end of the catching up has to come. */
  | 'resumed'
  | 'snapshot'
  | 'catchingUp'
  | 'live';

/** The states of a snapshot have one moment in common, which lies in here. */
interface Cut {
  from: number;
  to: number;
}

/**
 * Follows one subscriber of an event stream (socket.io, SSE) over all its connections: a snapshot of one moment, and
 * from then on every change of its view in order and once, however often it reconnects or the stream starts anew.
 */
export class StreamCheck {
  readonly #options: StreamCheckOptions;
  #phase: Phase = 'disconnected';
  readonly #known = new KnownStates();
  #connectedAt = 0;
  #cut: Cut = { from: 0, to: Infinity };

  constructor(options: StreamCheckOptions) {
    this.#options = options;
  }

  /** A connection begins. */
  connect(tick: number, position: string | undefined): void {
    this.#connectedAt = tick;
    if (position === undefined) {
      this.#phase = 'fresh';
      return;
    }
    this.#phase = 'resumed';
    if (this.#known.goBackTo(position)) this.#options.onChange(undefined);
  }

  /** A connection is over. */
  disconnect(): void {
    // A snapshot that was cut short leaves nothing to resume from.
    if (this.#phase === 'snapshot') this.#known.clear();
    this.#phase = 'disconnected';
  }

  /** A message came. */
  receive(tick: number, frame: ReceivedFrame): void {
    switch (frame.kind) {
      case 'reset':
        this.#reset(tick, frame.reason);
        break;
      case 'change':
        if (frame.action === 'INIT') this.#initial(tick, frame);
        else this.#change(tick, frame);
        break;
      case 'synchronized':
        this.#synchronized(tick, frame.position);
        break;
      case 'leave':
        break;
      case 'expire':
      case 'unreadable':
        this.#options.report('protocol', tick, `got ${JSON.stringify(frame)}`);
        break;
    }
  }

  /** Everything has had its time to arrive: what is known has to be what the registry has. */
  end(tick: number): void {
    if (this.#phase === 'disconnected') return;
    const { history, visibility, report } = this.#options;
    if (this.#phase !== 'live') {
      report('view', tick, `is not up to date at the end, but ${this.#phase}`);
      return;
    }
    const now = { from: tick, to: tick };
    for (const object of history.objects()) {
      const last = object.versions.at(-1);
      const known = this.#known.get(object.key);
      const told = known === undefined ? undefined : object.versions[known];
      if (visibility.must(object.serviceId, now)) {
        if (told === last || (told === undefined && this.#neverMet(last))) continue;
        report(
          'gap',
          tick,
          `ends with ${describeVersion(told)} of ${object.key}, not ${describeVersion(last)}`,
        );
      } else if (isPresent(told) && !visibility.may(object.serviceId, now)) {
        report('view', tick, `still has ${object.key}, which is out of its view`);
      }
    }
  }

  #reset(tick: number, reason: string): void {
    const { report, visibility, onChange } = this.#options;
    const isExpected =
      (reason === 'new' && this.#phase === 'fresh') ||
      (reason === 'positionUnknown' && this.#phase === 'resumed') ||
      (reason === 'slow' && this.#phase !== 'fresh') ||
      (reason === 'viewChanged' && this.#phase !== 'fresh' && visibility.isOfConsumer);
    if (!isExpected) report('protocol', tick, `reset for '${reason}' while ${this.#phase}`);
    const from = Math.max(this.#connectedAt, this.#known.maxStarted);
    this.#known.clear();
    this.#cut = { from, to: Infinity };
    this.#phase = 'snapshot';
    onChange(undefined);
  }

  #initial(tick: number, frame: ReceivedFrame & { readonly kind: 'change' }): void {
    const { history, visibility, report } = this.#options;
    if (this.#phase !== 'snapshot') {
      report('protocol', tick, `INIT of ${objectKey(frame)} while ${this.#phase}`);
      return;
    }
    if (frame.position !== undefined) report('protocol', tick, 'INIT with a position');
    const version = history.version(frame, tick);
    if (version === undefined) {
      report('unknown', tick, `${objectKey(frame)} never was '${frame.state}'`);
      return;
    }
    const { key, serviceId, index, isService } = version;
    if (this.#known.get(key) !== undefined) report('duplicate', tick, `a second INIT of ${key}`);
    this.#known.set(key, index);
    if (!visibility.may(serviceId, { from: this.#cut.from, to: tick })) {
      report('foreign', tick, `INIT of ${key}`);
    }
    if (!isService && this.#known.get(serviceId) === undefined) {
      report('snapshot', tick, `INIT of ${key} before that of its service`);
    }
    const next = history.object(key).versions[index + 1];
    this.#cut.from = Math.max(this.#cut.from, version.act.started);
    this.#cut.to = Math.min(this.#cut.to, next?.act.acknowledged ?? Infinity);
  }

  #synchronized(tick: number, position: string): void {
    const { report } = this.#options;
    if (position === '') report('protocol', tick, 'synchronized without a position');
    switch (this.#phase) {
      case 'snapshot':
        this.#cut.to = Math.min(this.#cut.to, tick);
        this.#checkSnapshot(tick);
        this.#known.begin(position, this.#cut.from);
        break;
      case 'resumed':
      case 'catchingUp':
        this.#checkCaughtUp(tick);
        this.#known.pass(position);
        break;
      case 'disconnected':
      case 'fresh':
      case 'live':
        report('protocol', tick, `synchronized while ${this.#phase}`);
        break;
    }
    this.#phase = 'live';
  }

  #checkSnapshot(tick: number): void {
    const { history, report } = this.#options;
    const { from, to } = this.#cut;
    if (from > to) {
      report('snapshot', tick, 'holds states that never were there together');
      return;
    }
    for (const object of history.objects()) {
      if (this.#known.get(object.key) !== undefined) continue;
      const missing = this.#certainAt(object, { from, to });
      if (isPresent(missing))
        report('snapshot', tick, `lacks ${describeVersion(missing)} of ${object.key}`);
    }
  }

  /** What was acknowledged before the subscriber came back has to have been told by now. */
  #checkCaughtUp(tick: number): void {
    const { history, visibility, report } = this.#options;
    for (const object of history.objects()) {
      const last = object.versions.findLast(({ act }) => act.acknowledged <= this.#connectedAt);
      if (last === undefined || last.index <= this.#indexOf(object)) continue;
      if (!visibility.must(object.serviceId, { from: last.act.started, to: tick })) continue;
      report('gap', tick, `caught up without ${describeVersion(last)} of ${object.key}`);
      this.#known.set(object.key, last.index);
    }
  }

  #change(tick: number, frame: ReceivedFrame & { readonly kind: 'change' }): void {
    const { history, visibility, report, onChange } = this.#options;
    if (this.#phase === 'resumed') this.#phase = 'catchingUp';
    if (this.#phase !== 'live' && this.#phase !== 'catchingUp') {
      report('protocol', tick, `${frame.action} of ${objectKey(frame)} while ${this.#phase}`);
      return;
    }
    const version = history.version(frame, tick);
    if (version === undefined) {
      report(
        'unknown',
        tick,
        `nobody wrote ${frame.action} '${frame.state}' of ${objectKey(frame)}`,
      );
      return;
    }
    const { act, serviceId, key } = version;
    if (!visibility.may(serviceId, { from: act.started, to: tick })) {
      report('foreign', tick, `${describeVersion(version)} of ${key}`);
      return;
    }
    this.#checkOrder(tick, version);
    this.#checkPosition(tick, frame.position);
    this.#known.advance(version, frame.position ?? '');
    onChange(version);
  }

  #checkOrder(tick: number, version: ObjectVersion): void {
    const { history, report } = this.#options;
    const { key, index, act, isService, serviceId, action } = version;
    const object = history.object(key);
    const known = this.#known.get(key);
    if (known === index) {
      report('duplicate', tick, `${describeVersion(version)} of ${key}`);
    } else if (known !== undefined && index < known) {
      report('outOfOrder', tick, `${describeVersion(version)} of ${key} after a later one`);
    } else if (act.acknowledged < this.#known.maxStarted) {
      report('outOfOrder', tick, `${describeVersion(version)} of ${key} after what came later`);
    } else if (index > this.#nextIndex(object, index, known)) {
      report(
        'gap',
        tick,
        `${describeVersion(version)} of ${key} after ${describeVersion(object.versions[known ?? -1])}`,
      );
    }
    const service = history.object(serviceId).versions[this.#known.get(serviceId) ?? -1];
    if (!isService && action !== 'DELETE' && !isPresent(service)) {
      report('gap', tick, `${describeVersion(version)} of ${key} without its service`);
    }
  }

  /** The latest state that may come next. What is not known was absent at the moment of the snapshot. */
  #nextIndex({ versions }: ObjectHistory, index: number, known: number | undefined): number {
    if (known !== undefined) return known + 1;
    const before = versions[index - 1];
    const couldBeMissed = before === undefined || before.act.started <= this.#cut.to;
    return couldBeMissed && !isPresent(before) ? index : index - 1;
  }

  #checkPosition(tick: number, position: string | undefined): void {
    const { report } = this.#options;
    if (position === undefined || position === '') {
      report('protocol', tick, 'a change without a position');
    } else if (position === this.#known.position) {
      report('protocol', tick, `a second change at position ${position}`);
    }
  }

  /** Whether an object that was never told of had gone before the subscriber could hear of it. */
  #neverMet(last: ObjectVersion | undefined): boolean {
    return last?.action === 'DELETE' && last.act.started <= this.#cut.to;
  }

  #indexOf(object: ObjectHistory): number {
    const known = this.#known.get(object.key);
    if (known !== undefined) return known;
    // Absent from the snapshot: everything up to the state in which it was not there is accounted for.
    const absent = object.versions.findLast(
      (version) => version.action === 'DELETE' && version.act.started <= this.#cut.to,
    );
    return absent?.index ?? -1;
  }

  /** The state that an object in view had throughout a span; undefined when there is no such state. */
  #certainAt({ serviceId, versions }: ObjectHistory, span: Span): ObjectVersion | undefined {
    if (!this.#options.visibility.must(serviceId, span)) return undefined;
    const version = versions.findLast(({ act }) => act.acknowledged <= span.from);
    const next = versions[(version?.index ?? -1) + 1];
    return next === undefined || next.act.started >= span.to ? version : undefined;
  }
}
