import { setImmediate as nextTurn } from 'node:timers/promises';

import { isSameTenant, type Clock } from '@service-center/sdcommon';

import type { DeliveryLog } from './delivery-log.ts';
import type { DeliverySegment } from './delivery-segment.ts';
import { dropReasons } from './drop-reason.ts';
import type { PushLog } from './push-log.ts';
import type { DeliveryRecord, FoundPushes, PushQuery, PushRecord } from './push-record.ts';
import type { SubscriberTable } from './subscriber-table.ts';
import type { PushedChange, TracedPush } from './traced-push.ts';
import type { TracedSubscriber } from './traced-subscriber.ts';

/** What a {@link PushSearch} looks into. */
export interface PushSearchOptions {
  readonly clock: Clock;
  readonly pushes: PushLog;
  readonly deliveries: DeliveryLog;
  readonly subscribers: SubscriberTable;
}

/** A place in the log. */
interface Row {
  readonly segment: DeliverySegment;
  readonly index: number;
}

/** Which rows to collect. */
interface RowFilter {
  /** How many of each push, by its {@link rowKey}; undefined: all, of whatever push. */
  readonly limits: ReadonlyMap<number, number> | undefined;
  readonly subscriber: TracedSubscriber | undefined;
}

/** How many deliveries one answer shows: about 5 MB of JSON. */
export const maxShownDeliveries = 20_000;
/** 131,072 deliveries are looked through in about 2 ms; then others get their turn. */
const segmentsPerTurn = 16;
/** As many deliveries of a push, or pushes, as take about a millisecond to show. */
const recordsPerTurn = 500;

/** Looks for pushes in the trace. */
export class PushSearch {
  readonly #options: PushSearchOptions;

  constructor(options: PushSearchOptions) {
    this.#options = options;
  }

  /** Finds pushes with their deliveries, giving way to others while it looks. */
  async find(query: PushQuery): Promise<FoundPushes> {
    if (query.subscriber !== undefined) return this.#findOfSubscriber(query, query.subscriber);
    const matching = this.#matching(query);
    const pushes = matching.slice(0, query.limit);
    const limits = new Map<number, number>();
    let room = maxShownDeliveries;
    let isTruncated = matching.length > pushes.length;
    for (const push of pushes) {
      const shown = Math.min(push.deliveries, room);
      isTruncated ||= shown < push.deliveries;
      limits.set(rowKey(push), shown);
      room -= shown;
    }
    const rows = await this.#rows({ limits, subscriber: undefined });
    const shown = pushes.filter((push) => rows.has(rowKey(push)));
    return { pushes: await this.#records(shown, rows), isTruncated };
  }

  async #findOfSubscriber(query: PushQuery, id: string): Promise<FoundPushes> {
    const subscriber = this.#options.subscribers.byId(id);
    if (subscriber === undefined) return { pushes: [], isTruncated: false };
    const rows = await this.#rows({ limits: undefined, subscriber });
    const matching = this.#matching(query).filter((push) => rows.has(rowKey(push)));
    const pushes = matching.slice(0, query.limit);
    const isTruncated = matching.length > pushes.length;
    return { pushes: await this.#records(pushes, rows), isTruncated };
  }

  /** The newest first. */
  #matching({ tenant, serviceId, instanceId }: PushQuery): readonly TracedPush[] {
    return this.#options.pushes
      .newestFirst()
      .filter(
        ({ change }) =>
          (instanceId === undefined || change.instanceId === instanceId) &&
          (serviceId === undefined || change.serviceId === serviceId) &&
          isSameTenant(change.tenant, tenant),
      );
  }

  /** Collects rows by the {@link rowKey} of their push. */
  async #rows(filter: RowFilter): Promise<ReadonlyMap<number, readonly Row[]>> {
    const rows = new Map<number, Row[]>();
    // Segments that are forgotten meanwhile are read as they were.
    const segments = [...this.#options.deliveries.segments];
    for (const [place, segment] of segments.entries()) {
      if (place > 0 && place % segmentsPerTurn === 0) await nextTurn();
      collect(segment, filter, rows);
    }
    return rows;
  }

  async #records(
    pushes: readonly TracedPush[],
    rows: ReadonlyMap<number, readonly Row[]>,
  ): Promise<readonly PushRecord[]> {
    const { clock, subscribers } = this.#options;
    // The wall clock may have been set since; what is shown goes by what it says now.
    const offsetMs = clock.wallMs() - clock.monotonicMs();
    const records: PushRecord[] = [];
    for (const push of pushes) {
      const deliveries: DeliveryRecord[] = [];
      for (const [index, row] of (rows.get(rowKey(push)) ?? []).entries()) {
        if (index > 0 && index % recordsPerTurn === 0) await nextTurn();
        const subscriber = subscribers.get(row.segment.subscriber[row.index] ?? 0);
        if (subscriber === undefined) continue;
        deliveries.push(deliveryRecord(row, subscriber, push.change.appliedMs + offsetMs));
      }
      records.push(pushRecord(push.change, deliveries, offsetMs));
      if (records.length % recordsPerTurn === 0) await nextTurn();
    }
    return records;
  }
}

function collect(segment: DeliverySegment, filter: RowFilter, rows: Map<number, Row[]>): void {
  const { limits, subscriber } = filter;
  for (let index = 0; index < segment.length; index++) {
    if (subscriber !== undefined && segment.subscriber[index] !== subscriber.number) continue;
    const push = segment.push[index] ?? 0;
    const limit = limits === undefined ? Infinity : (limits.get(push) ?? 0);
    if (limit === 0) continue;
    const known = rows.get(push);
    if (known === undefined) rows.set(push, [{ segment, index }]);
    else if (known.length < limit) known.push({ segment, index });
  }
}

/** The number of a push that is kept, as segments have it. */
function rowKey({ number }: TracedPush): number {
  return (number ?? -1) >>> 0;
}

/** @param offsetMs - what the wall clock is ahead of the monotonic one */
function pushRecord(
  change: PushedChange,
  deliveries: readonly DeliveryRecord[],
  offsetMs: number,
): PushRecord {
  const { action, key, serviceId, instanceId, revision, committedMs } = change;
  return {
    action,
    key,
    serviceId,
    instanceId,
    revision,
    committedAt: committedMs === undefined ? undefined : toMicroseconds(committedMs + offsetMs),
    receivedAt: toMicroseconds(change.receivedMs + offsetMs),
    appliedAt: toMicroseconds(change.appliedMs + offsetMs),
    deliveries,
  };
}

/** @param appliedAtMs - Unix milliseconds */
function deliveryRecord(
  { segment, index }: Row,
  { id, description }: TracedSubscriber,
  appliedAtMs: number,
): DeliveryRecord {
  const time = (column: Uint32Array): number | undefined => {
    const tick = column[index] ?? 0;
    return tick === 0 ? undefined : toMicroseconds(appliedAtMs + (tick - 1) / 1000);
  };
  const reason = dropReasons[(segment.dropped[index] ?? 0) - 1];
  const endedAt = time(segment.ended);
  const sentAt = time(segment.sent);
  const acknowledgedAt = reason === undefined ? endedAt : undefined;
  return {
    subscriber: id,
    channel: description.channel,
    remote: description.remote,
    consumerId: description.consumerId,
    queuedAt: time(segment.queued) ?? appliedAtMs,
    sentAt,
    acknowledgedAt,
    droppedAt: reason === undefined ? undefined : endedAt,
    reason,
    state: stateOf(reason !== undefined, acknowledgedAt !== undefined, sentAt !== undefined),
  };
}

function stateOf(
  isDropped: boolean,
  isAcknowledged: boolean,
  isSent: boolean,
): DeliveryRecord['state'] {
  if (isDropped) return 'dropped';
  if (isAcknowledged) return 'acknowledged';
  return isSent ? 'sent' : 'queued';
}

/** More digits would be those of the clocks' difference only. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
