import type { PushLogEntry, ReceivedFrame, SubscriberView } from '../log/push-log.ts';
import { RegistryHistory, type ObjectVersion } from './registry-history.ts';

type Change = ReceivedFrame & { readonly kind: 'change' };

/** A change or initial state that a subscriber was told. */
export interface Told {
  readonly index: number;
  readonly connection: number;
  readonly subscriber: string;
  readonly isWatching: boolean;
  readonly frame: Change;
  readonly version: ObjectVersion;
  /** Whether the subscriber never started over after it, so that nothing excuses its absence. */
  readonly isOwed: boolean;
  /** Where the next thing that happened to this connection is in the log. */
  readonly next: number;
}

/** A connection that went on where an earlier one had stopped. */
export interface Resume {
  readonly index: number;
  readonly connection: number;
  readonly subscriber: string;
  readonly position: string;
  /** Where the first thing that was told after it is. */
  readonly first: number;
}

/** Everything that subscribers were told, in order. */
export function tolds(log: readonly PushLogEntry[]): readonly Told[] {
  const history = new RegistryHistory(log);
  const connections = new Map<number, { subscriber: string; view: SubscriberView }>();
  const next = new Map<number, number>();
  const startedOver = new Map<string, number>();
  for (const [index, entry] of log.entries()) {
    if (entry.type === 'connect') connections.set(entry.connection, entry);
    const of = 'connection' in entry ? connections.get(entry.connection) : undefined;
    if (of === undefined) continue;
    const { subscriber, view } = of;
    const startsOver =
      'consumerId' in view
        ? entry.type === 'open' || (entry.type === 'received' && entry.frame.kind === 'expire')
        : entry.type === 'received' && entry.frame.kind === 'reset';
    if (startsOver) startedOver.set(subscriber, index);
  }
  const all: Told[] = [];
  for (const [index, entry] of [...log.entries()].toReversed()) {
    if (entry.type !== 'received' && entry.type !== 'disconnect') continue;
    const { connection } = entry;
    const of = connections.get(connection);
    if (of === undefined) continue;
    const frame = entry.type === 'received' ? entry.frame : undefined;
    const version = frame?.kind === 'change' ? history.version(frame) : undefined;
    if (frame?.kind === 'change' && version !== undefined) {
      const isWatching = 'consumerId' in of.view;
      const since = startedOver.get(of.subscriber) ?? 0;
      all.push({
        index,
        connection,
        subscriber: of.subscriber,
        isWatching,
        frame,
        version,
        isOwed: index > since && (!isWatching || version.act.started > since),
        next: next.get(connection) ?? log.length - 1,
      });
    }
    next.set(connection, index);
  }
  return all.toReversed();
}

/** Pairs of changes that one subscriber was told one right after the other. */
export function neighbours(log: readonly PushLogEntry[]): readonly (readonly [Told, Told])[] {
  const changes = tolds(log).filter(({ frame }) => frame.action !== 'INIT');
  return changes.flatMap((first) => {
    const second = changes.find(({ index }) => index === first.next);
    return second === undefined ? [] : [[first, second] as const];
  });
}

/** The connections that went on where an earlier one had stopped. */
export function resumes(log: readonly PushLogEntry[]): ReadonlyMap<number, Resume> {
  const found = new Map<number, Resume>();
  for (const [index, entry] of log.entries()) {
    if (entry.type !== 'connect' || entry.position === undefined) continue;
    const { connection, subscriber, position } = entry;
    const first = log.findIndex(
      (later) => later.type === 'received' && later.connection === connection,
    );
    const told = log[first];
    if (told?.type !== 'received' || told.frame.kind === 'reset') continue;
    found.set(connection, { index, connection, subscriber, position, first });
  }
  return found;
}
