import {
  encodeMicroService,
  encodeMicroServiceInstance,
  FieldReader,
  readRegistryChange,
  type EventTopic,
  type RegistryChange,
  type ResourceRecord,
  type StreamLeaveReason,
} from '@service-center/sdcommon';

import type { Registry, StreamFrame, StreamSubscriber, StreamSubscription } from '../src/index.ts';
import { until } from './registry-harness.ts';
import { tenant } from './requests.ts';

/** How a {@link RecordingStream} differs from one that takes everything in the test tenant. */
export interface RecordingStreamOptions {
  readonly position?: string;
  readonly permits?: (service: ResourceRecord<'SERVICE'>) => boolean;
}

/** A client of an event stream: remembers what it is told, and keeps the view that follows from it. */
export class RecordingStream implements StreamSubscriber {
  readonly description = { channel: 'socket.io', remote: '10.0.0.7:51034' } as const;
  readonly permits?: (service: ResourceRecord<'SERVICE'>) => boolean;
  readonly frames: StreamFrame[] = [];
  /** Serials of the changes as told, checked against the rules of a stream. */
  readonly violations: string[] = [];
  /** What it knows, by serviceId, or serviceId and instanceId. */
  readonly view = new Map<string, string>();
  position: string | undefined;
  isSynchronized = false;
  ended: StreamLeaveReason | undefined;
  readonly subscription: StreamSubscription;
  #paused: PromiseWithResolvers<void> | undefined;
  #hasStarted: boolean;
  #latest = 0;

  constructor(
    registry: Pick<Registry, 'streams'>,
    topics: readonly EventTopic[],
    { position, permits }: RecordingStreamOptions = {},
  ) {
    if (permits !== undefined) this.permits = permits;
    this.position = position;
    this.#hasStarted = position !== undefined;
    if (position !== undefined) this.#latest = sequenceOf(position);
    this.subscription = registry.streams.subscribe({
      tenant,
      topics,
      subscriber: this,
      ...(position !== undefined && { position }),
    });
  }

  send(frame: StreamFrame): Promise<void> | undefined {
    this.frames.push(frame);
    this.#take(frame);
    return this.#paused?.promise;
  }

  close(end: StreamLeaveReason): void {
    this.ended = end;
  }

  /** Takes what it is sent, but no more until {@link RecordingStream.resume}. */
  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  /** Takes everything again. */
  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  /** Fails what it is sending at the moment. */
  fail(): void {
    this.#paused?.reject(new Error('the connection is cut'));
  }

  /** Takes up what another client of the same topics knew. */
  adopt(view: ReadonlyMap<string, string>): this {
    for (const [key, value] of view) this.view.set(key, value);
    return this;
  }

  /** Waits until it is up to date with everything that the registry has told so far. */
  async synchronized(): Promise<void> {
    await until('the stream', () => this.isSynchronized);
  }

  /** What it was told, in short: `reset new`, `INIT cart 1`, `synchronized`. */
  get story(): readonly string[] {
    return this.frames.map(tell);
  }

  /** Forgets the {@link RecordingStream.story} so far. */
  clear(): void {
    this.frames.length = 0;
  }

  #take(frame: StreamFrame): void {
    switch (frame.kind) {
      case 'reset':
        this.#hasStarted = true;
        this.isSynchronized = false;
        this.position = undefined;
        this.view.clear();
        this.#latest = 0;
        break;
      case 'synchronized':
        this.#advance(frame, 'synchronized');
        if (this.isSynchronized) this.violations.push('synchronized twice');
        this.isSynchronized = true;
        break;
      case 'change':
        this.#apply(readRegistryChange(FieldReader.parse(frame.text)), frame);
        break;
    }
  }

  #apply(change: RegistryChange, frame: StreamFrame): void {
    const { action } = change;
    const key = idOf(change);
    const value =
      change.instance === undefined
        ? encodeMicroService(change.service)
        : encodeMicroServiceInstance(change.instance);
    if (!this.#hasStarted) this.violations.push(`${action} ${key} before anything`);
    if (change.position !== frame.position) this.violations.push(`${action} ${key}: two positions`);
    const known = this.view.has(key);
    if (action === 'INIT') {
      if (this.isSynchronized || frame.position !== undefined || known) {
        this.violations.push(`INIT ${key} at the wrong time`);
      }
    } else {
      this.#advance(frame, `${action} ${key}`);
      if (known === (action === 'CREATE'))
        this.violations.push(`${action} ${key}, known: ${known}`);
    }
    if (action === 'DELETE') this.view.delete(key);
    else this.view.set(key, value);
  }

  #advance({ position }: StreamFrame, what: string): void {
    if (position === undefined) {
      this.violations.push(`${what} without a position`);
      return;
    }
    const sequence = sequenceOf(position);
    const isNewer = what === 'synchronized' ? sequence >= this.#latest : sequence > this.#latest;
    if (!isNewer) this.violations.push(`${what} at ${position}, out of order`);
    this.#latest = sequence;
    this.position = position;
  }
}

function sequenceOf(position: string): number {
  return Number(position.slice(position.lastIndexOf('.') + 1));
}

function idOf({ key, service, instance }: RegistryChange): string {
  return instance === undefined
    ? `${key.tenant}/${service.serviceId}`
    : `${key.tenant}/${instance.serviceId}/${instance.instanceId}`;
}

function tell(frame: StreamFrame): string {
  if (frame.kind === 'reset') return `reset ${FieldReader.parse(frame.text).text('reason')}`;
  if (frame.kind === 'synchronized') return 'synchronized';
  const { action, key, instance } = readRegistryChange(FieldReader.parse(frame.text));
  const name = `${key.serviceName}@${key.version}`;
  return [action, name, ...(instance === undefined ? [] : [instance.instanceId])].join(' ');
}
