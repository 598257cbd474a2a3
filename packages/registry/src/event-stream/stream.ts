import {
  encodeStreamReset,
  encodeStreamSynchronized,
  type StreamLeaveReason,
  type StreamResetReason,
} from '@service-center/sdcommon';

import type { DropReason, TracedSubscriber } from '../push-trace/index.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { LogEntry } from './log-entry.ts';
import { snapshotFrames } from './snapshots.ts';
import type { StreamContext } from './stream-context.ts';
import { StreamFrame } from './stream-frame.ts';
import { StreamPermissions } from './stream-permissions.ts';
import type { StreamSubscriber, StreamSubscription } from './stream-subscriber.ts';
import type { TopicFilter } from './topic-filter.ts';

/** What a {@link Stream} is made of. */
export interface StreamOptions {
  readonly context: StreamContext;
  readonly filter: TopicFilter;
  readonly subscriber: StreamSubscriber;
  readonly traced: TracedSubscriber;
  /** Where it goes on: a sequence number of the log; or why it begins with a snapshot. */
  readonly start: number | StreamResetReason;
}

/** Where a stream is. */
type Phase =
  /** The subscriber has to be told to forget everything. */
  | { readonly kind: 'reset'; readonly reason: StreamResetReason }
  /** It was told; the snapshot is collected when it takes more. */
  | { readonly kind: 'collect' }
  /** The snapshot is being sent. */
  | { readonly kind: 'snapshot'; readonly frames: Iterator<StreamFrame, undefined> }
  /** What came after a snapshot or a position is being sent, however much it is. */
  | { readonly kind: 'catchUp'; readonly owesSynchronized: boolean }
  /** It was up to date once; what may wait for it is limited from now on. */
  | { readonly kind: 'tail' };

const collect: Phase = { kind: 'collect' };
const tail: Phase = { kind: 'tail' };
const afterSnapshot: Phase = { kind: 'catchUp', owesSynchronized: false };
const afterPosition: Phase = { kind: 'catchUp', owesSynchronized: true };

// What one turn does for one stream at most: each is a fraction of a millisecond, so that others get theirs soon.
const framesPerTurn = 64;
const entriesPerTurn = 2000;

// A client that never acknowledges, and need not, costs no more than this.
const unacknowledgedLimit = 64;

/**
 * One subscriber's ordered stream: a cursor into the log, and what has to be sent before it may go on.
 *
 * While it is up to date and its subscriber takes what it gets, it sits in the rooms of its topics and changes are handed
 * to it. Otherwise it reads the log, in turns.
 */
export class Stream implements StreamSubscription {
  readonly filter: TopicFilter;
  readonly subscriber: StreamSubscriber;
  readonly #context: StreamContext;
  readonly #traced: TracedSubscriber;
  readonly #permissions: StreamPermissions | undefined;
  #phase: Phase;
  /** Everything up to this sequence number is sent or queued; not kept up to date while it is live. */
  #cursor = 0;
  /** Changes that wait for the subscriber. */
  #queue: DeliveryQueue | undefined;
  /** Changes that were sent and may be acknowledged. */
  #unacknowledged: DeliveryQueue | undefined;
  #hasAcknowledged = false;
  #isLive = false;
  #isWriting = false;
  #isClosed = false;
  /** The change that is being written. */
  #written: { readonly entry: LogEntry; readonly slot: number } | undefined;
  /** What the subscriber may see has to be found out first. */
  #mustReview = false;
  /** What it may see may be something else now. */
  #mustCompare = false;

  constructor({ context, filter, subscriber, traced, start }: StreamOptions) {
    this.#context = context;
    this.filter = filter;
    this.subscriber = subscriber;
    this.#traced = traced;
    if (StreamPermissions.isLimited(subscriber)) {
      this.#permissions = new StreamPermissions(subscriber);
    }
    if (typeof start === 'number') {
      this.#cursor = start;
      this.#phase = afterPosition;
      this.#mustReview = true;
    } else {
      this.#phase = { kind: 'reset', reason: start };
    }
    for (const view of filter.views) view.streams.add(this);
    context.schedule.add(this);
  }

  get id(): string {
    return this.#traced.id;
  }

  /** Whether it takes a change at once. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Takes a change that belongs to its topics. Only while it is live. */
  take(entry: LogEntry, nowMs: number): void {
    if (this.#isPermitted(entry) !== true) return;
    this.#deliver(entry, entry.push.queued(this.#traced, nowMs));
    if (this.#isWriting) this.fallBehind(entry.sequence);
  }

  /** It is live no longer, and reads the log from here. @param sequence - what it has of the log */
  fallBehind(sequence: number): void {
    if (!this.#isLive) return;
    this.#leave();
    this.#cursor = sequence;
    if (!this.#isWriting) this.#context.schedule.add(this);
  }

  /** What the subscriber knows is no longer what it should know. */
  startOver(reason: StreamResetReason): void {
    // One that was told to forget everything, and nothing since, knows nothing that could be wrong.
    if (this.#isClosed || this.#phase.kind === 'reset' || this.#phase.kind === 'collect') return;
    this.#leave();
    this.#dropQueue(reason === 'slow' ? 'slow' : 'viewChanged');
    this.#unacknowledged = undefined;
    this.#phase = { kind: 'reset', reason };
    if (!this.#isWriting) this.#context.schedule.add(this);
  }

  /** What the subscriber may see is to be compared with what it might see. */
  recheck(): void {
    if (this.#permissions === undefined) return;
    // What it might see when its position was given is not known yet, and is no longer to be found out.
    if (this.#mustReview) this.startOver('viewChanged');
    this.#mustCompare = true;
    // Before that nothing is sent: a position that is newer than the change would hide it from whoever comes back.
    this.fallBehind(this.#context.log.newest);
    this.#context.schedule.add(this);
  }

  /** Does a part of what there is to do; comes back for the rest. */
  work(): void {
    if (this.#permissions !== undefined && (this.#mustReview || this.#mustCompare)) {
      this.#lookAtPermissions(this.#permissions);
    }
    let left = framesPerTurn;
    while (left > 0 && this.#mayWrite && this.#sendNext()) left--;
    if (left > 0) this.#readLog(left);
    if (this.#isClosed || this.#isLive) return;
    if (this.#isWriting ? this.#mayRead && this.#isBehind : !this.#isUpToDate) {
      this.#context.schedule.add(this);
    } else if (!this.#isWriting) {
      this.#enter();
    }
  }

  acknowledge(position: string): void {
    this.#hasAcknowledged = true;
    const { log } = this.#context;
    const upTo = log.sequenceOf(position);
    if (upTo === undefined) return;
    const waiting = this.#unacknowledged;
    for (let next = waiting?.peek(); next !== undefined; next = waiting?.peek()) {
      if (next.sequence > upTo) return;
      waiting?.shift();
      log.get(next.sequence)?.push.acknowledged(next.slot);
    }
  }

  close(): void {
    this.#end('disconnected', undefined, undefined);
  }

  /** The server ends the stream. */
  end(end: StreamLeaveReason, error?: unknown): void {
    this.#end(end, end, error);
  }

  get #mayWrite(): boolean {
    return !this.#isWriting && !this.#isClosed;
  }

  /** Whether everything is sent, and the next change can be handed to it. */
  get #isUpToDate(): boolean {
    return (
      this.#phase.kind === 'tail' &&
      this.#queueLength === 0 &&
      this.#cursor === this.#context.log.newest
    );
  }

  get #isBehind(): boolean {
    return this.#cursor < this.#context.log.newest;
  }

  get #queueLength(): number {
    return this.#queue?.length ?? 0;
  }

  /** Sends what comes before the log, or is queued. @returns whether there was something */
  #sendNext(): boolean {
    const { log, settle } = this.#context;
    const phase = this.#phase;
    switch (phase.kind) {
      case 'reset':
        this.#phase = collect;
        this.#write(new StreamFrame('reset', encodeStreamReset(phase.reason), undefined));
        return true;
      case 'collect':
        settle();
        this.#phase = { kind: 'snapshot', frames: this.#snapshot() };
        this.#cursor = log.newest;
        return true;
      case 'snapshot': {
        const { value: frame } = phase.frames.next();
        if (frame === undefined) {
          this.#phase = afterSnapshot;
          this.#writeSynchronized();
        } else {
          this.#write(frame);
        }
        return true;
      }
      case 'catchUp':
        return false;
      case 'tail':
        return this.#sendQueued();
    }
  }

  #snapshot(): Iterator<StreamFrame, undefined> {
    const { snapshots } = this.#context;
    const listed = snapshots.collect(this.filter);
    const permissions = this.#permissions;
    if (permissions === undefined) return snapshotFrames(listed);
    permissions.review(listed.map(({ service }) => service));
    return snapshotFrames(listed.filter(({ service }) => permissions.allows(service)));
  }

  #sendQueued(): boolean {
    const next = this.#queue?.shift();
    if (next === undefined) return false;
    const entry = this.#context.log.get(next.sequence);
    if (entry === undefined) this.startOver('slow');
    else this.#deliver(entry, next.slot);
    return true;
  }

  /** Sends the changes that come next in the log, and queues them when the subscriber takes no more. */
  #readLog(maxFrames: number): void {
    const { log } = this.#context;
    const first = this.#queue?.peek();
    if (first !== undefined && first.sequence < log.oldest) this.startOver('slow');
    let frames = maxFrames;
    for (let left = entriesPerTurn; left > 0 && frames > 0 && this.#mayRead; left--) {
      if (this.#cursor === log.newest) {
        this.#reachEnd();
        return;
      }
      if (!log.has(this.#cursor)) {
        this.startOver('slow');
        return;
      }
      const entry = log.get(++this.#cursor);
      if (entry === undefined || !this.filter.matches(entry)) continue;
      if (this.#isPermitted(entry) !== true) continue;
      frames--;
      const slot = entry.push.queued(this.#traced);
      if (this.#mayWrite) this.#deliver(entry, slot);
      else this.#enqueue(entry.sequence, slot);
    }
  }

  get #mayRead(): boolean {
    if (this.#isClosed || this.#isLive) return false;
    if (this.#phase.kind === 'tail') return this.#isWriting || this.#queueLength === 0;
    return this.#phase.kind === 'catchUp' && !this.#isWriting;
  }

  #reachEnd(): void {
    if (this.#phase.kind !== 'catchUp') return;
    const { owesSynchronized } = this.#phase;
    this.#phase = tail;
    if (owesSynchronized) this.#writeSynchronized();
  }

  #enqueue(sequence: number, slot: number): void {
    this.#queue ??= new DeliveryQueue();
    this.#queue.push(sequence, slot);
    if (this.#queue.length > this.#context.queueLimit) this.startOver('slow');
  }

  #writeSynchronized(): void {
    const position = this.#context.log.position(this.#cursor);
    this.#write(new StreamFrame('synchronized', encodeStreamSynchronized(position), position));
  }

  /** Whether the subscriber may see a change; starts over when that is another than before. */
  #isPermitted(entry: LogEntry): boolean | undefined {
    const isPermitted = this.#permissions === undefined ? true : this.#permissions.ask(entry);
    if (isPermitted === undefined) this.startOver('viewChanged');
    return isPermitted;
  }

  #lookAtPermissions(permissions: StreamPermissions): void {
    const { settle, snapshots } = this.#context;
    settle();
    if (!snapshots.consumers(this.filter).every((consumer) => permissions.permits(consumer))) {
      this.end('forbidden');
      return;
    }
    const services = snapshots.services(this.filter);
    if (this.#mustReview) permissions.review(services);
    else if (permissions.hasChanged(services)) this.startOver('viewChanged');
    this.#mustReview = false;
    this.#mustCompare = false;
  }

  #deliver(entry: LogEntry, slot: number): void {
    this.#written = { entry, slot };
    this.#write(entry.frame);
    if (!this.#isWriting) this.#onDelivered();
  }

  #onDelivered(): void {
    if (this.#written === undefined) return;
    const { entry, slot } = this.#written;
    this.#written = undefined;
    entry.push.sent(slot);
    if (this.subscriber.description.channel !== 'socket.io' || this.#phase.kind === 'reset') return;
    this.#unacknowledged ??= new DeliveryQueue();
    this.#unacknowledged.push(entry.sequence, slot);
    const limit = this.#hasAcknowledged ? this.#context.queueLimit : unacknowledgedLimit;
    if (this.#unacknowledged.length > limit) this.#unacknowledged.shift();
  }

  #write(frame: StreamFrame): void {
    let written: Promise<void> | undefined;
    try {
      written = this.subscriber.send(frame);
    } catch (error) {
      this.end('failed', error);
      return;
    }
    if (written === undefined || this.#isClosed) return;
    this.#isWriting = true;
    this.#context.schedule.block(this);
    const onWritten = (): void => {
      this.#onWritten();
    };
    written.then(onWritten, (error: unknown) => {
      this.end('failed', error);
    });
  }

  #onWritten(): void {
    this.#isWriting = false;
    if (this.#isClosed) return;
    this.#context.schedule.unblock(this);
    this.#onDelivered();
    if (this.#isUpToDate) this.#enter();
    else this.#context.schedule.add(this);
  }

  #enter(): void {
    this.#isLive = true;
    this.#context.rooms.enter(this, this.filter.topics.keys());
    for (const view of this.filter.views) view.live.add(this);
  }

  #leave(): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#context.rooms.leave(this, this.filter.topics.keys());
    for (const view of this.filter.views) view.live.delete(this);
  }

  #dropQueue(reason: DropReason): void {
    const { log } = this.#context;
    for (let next = this.#queue?.shift(); next !== undefined; next = this.#queue?.shift()) {
      log.get(next.sequence)?.push.dropped(next.slot, reason);
    }
    this.#queue = undefined;
  }

  #end(reason: DropReason, end: StreamLeaveReason | undefined, error: unknown): void {
    if (this.#isClosed) return;
    this.#leave();
    this.#isClosed = true;
    this.#dropQueue(reason);
    this.#written?.entry.push.dropped(this.#written.slot, reason);
    this.#written = undefined;
    this.#context.schedule.delete(this);
    for (const view of this.filter.views) {
      view.streams.delete(this);
      this.#context.views.release(view);
    }
    this.#traced.close();
    this.#context.onClosed(this, end, error);
  }
}
