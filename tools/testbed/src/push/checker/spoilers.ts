import type { PushLogEntry } from '../log/push-log.ts';
import { RegistryHistory } from './registry-history.ts';
import { neighbours, resumes, tolds, type Told } from './told-changes.ts';

/** A log with one thing wrong; undefined where the log has no place for it. */
export type Spoiler = (
  log: readonly PushLogEntry[],
  pick: <T>(choices: readonly T[]) => T | undefined,
) => readonly PushLogEntry[] | undefined;

/** One change is never told. */
export const drop: Spoiler = (log, pick) => {
  const told = pick(tolds(log).filter(({ isOwed }) => isOwed));
  return told && log.toSpliced(told.index, 1);
};

/** The first change after a snapshot is lost: the tail does not fit the snapshot. */
export const dropAfterSnapshot: Spoiler = (log, pick) => {
  const all = tolds(log);
  const told = pick(
    all.filter(({ index, isOwed, isWatching, connection, frame }) => {
      if (!isOwed || isWatching || frame.action === 'INIT') return false;
      const before = log.findLast(
        (entry, at) => at < index && entry.type === 'received' && entry.connection === connection,
      );
      return before?.type === 'received' && before.frame.kind === 'synchronized';
    }),
  );
  return told && log.toSpliced(told.index, 1);
};

/** What was missed while disconnected is not told after the resume. */
export const dropAfterResume: Spoiler = (log, pick) => {
  const resumed = resumes(log);
  const told = pick(
    tolds(log).filter(
      ({ connection, index, isOwed }) => isOwed && resumed.get(connection)?.first === index,
    ),
  );
  return told && log.toSpliced(told.index, 1);
};

/** A resume tells the last change again. */
export const repeatAfterResume: Spoiler = (log, pick) => {
  const resumed = resumes(log);
  const told = pick(
    tolds(log).filter(({ frame, subscriber, index }) =>
      [...resumed.values()].some(
        (resume) =>
          resume.subscriber === subscriber &&
          resume.position === frame.position &&
          index < resume.index,
      ),
    ),
  );
  if (told === undefined) return undefined;
  const resume = [...resumed.values()].find(
    ({ subscriber, position, index }) =>
      subscriber === told.subscriber && position === told.frame.position && index > told.index,
  );
  return (
    resume &&
    log.toSpliced(resume.index + 1, 0, {
      type: 'received',
      connection: resume.connection,
      frame: told.frame,
    })
  );
};

/** One change is told a second time. */
export const repeat: Spoiler = (log, pick) => {
  const told = pick(tolds(log).filter(({ frame }) => frame.action !== 'INIT'));
  if (told === undefined) return undefined;
  const { connection, frame, index, next } = told;
  const place = pick(Array.from({ length: next - index }, (_, offset) => index + 1 + offset));
  return place === undefined
    ? undefined
    : log.toSpliced(place, 0, { type: 'received', connection, frame });
};

/** Two changes whose order is certain are told the other way round. */
export const swap: Spoiler = (log, pick) => {
  const pair = pick(
    neighbours(log).filter(
      ([first, second]) =>
        first.version.key === second.version.key ||
        first.version.act.acknowledged < second.version.act.started,
    ),
  );
  return pair && swapped(log, pair);
};

/** Two changes that were written at once are told to one subscriber in another order than to the others. */
export const disagree: Spoiler = (log, pick) => {
  const all = neighbours(log).filter(
    ([first, second]) =>
      first.version.key !== second.version.key &&
      first.version.serviceId !== second.version.serviceId &&
      first.version.act.acknowledged > second.version.act.started &&
      second.version.act.acknowledged > first.version.act.started,
  );
  const pair = pick(
    all.filter(([first, second]) =>
      all.some(
        ([otherFirst, otherSecond]) =>
          otherFirst.subscriber !== first.subscriber &&
          otherFirst.version === first.version &&
          otherSecond.version === second.version,
      ),
    ),
  );
  return pair && swapped(log, pair);
};

/** A subscriber is told of a provider that it does not see. */
export const foreign: Spoiler = (log, pick) => {
  const told = pick(tolds(log).filter(({ frame }) => frame.action !== 'INIT'));
  if (told === undefined) return undefined;
  const written = log
    .slice(0, told.index)
    .flatMap((entry) => (entry.type === 'write' ? entry.changes : []));
  const change = pick(
    written.filter(
      ({ serviceId, instanceId }) =>
        serviceId === 'elsewhere' && (instanceId !== undefined || !told.isWatching),
    ),
  );
  if (change === undefined) return undefined;
  const { connection, index } = told;
  const frame = { kind: 'change', ...change, ...positionOf(told) } as const;
  return log.toSpliced(index + 1, 0, { type: 'received', connection, frame });
};

/** A connection is open to the end, but nothing comes any more. */
export const truncate: Spoiler = (log, pick) => {
  const told = pick(tolds(log).filter(({ isOwed, frame }) => isOwed && frame.action !== 'INIT'));
  if (told === undefined) return undefined;
  const isLast = !log.some(
    (entry, at) =>
      at > told.index && entry.type === 'disconnect' && entry.connection === told.connection,
  );
  if (!isLast) return undefined;
  return log.filter(
    (entry, at) =>
      at < told.index || entry.type !== 'received' || entry.connection !== told.connection,
  );
};

/** A subscriber is told something that nobody wrote. */
export const invent: Spoiler = (log, pick) => {
  const told = pick(tolds(log));
  if (told === undefined) return undefined;
  const { connection, frame, index } = told;
  const invented = { ...frame, state: `${frame.state} and more` };
  return log.with(index, { type: 'received', connection, frame: invented });
};

/** A snapshot or listing has a state that was over when the subscriber connected. */
export const age: Spoiler = (log, pick) => {
  const history = new RegistryHistory(log);
  const told = pick(
    tolds(log).filter(({ frame, version, connection, isWatching, isOwed }) => {
      const connectedAt = log.findIndex(
        (entry) => entry.type === 'connect' && entry.connection === connection,
      );
      const before = history.object(version.key).versions[version.index - 1];
      return (
        frame.action === 'INIT' &&
        (isWatching || isOwed) &&
        before !== undefined &&
        before.action !== 'DELETE' &&
        version.act.acknowledged < connectedAt
      );
    }),
  );
  if (told === undefined) return undefined;
  const { connection, frame, index, version } = told;
  const before = history.object(version.key).versions[version.index - 1];
  const aged = { ...frame, state: before?.state ?? '' };
  return log.with(index, { type: 'received', connection, frame: aged });
};

/** The registry does not hold what it acknowledged. */
export const forget: Spoiler = (log, pick) => {
  const end = log.at(-1);
  if (end?.type !== 'end') return undefined;
  const lost = pick(end.objects);
  return log.with(log.length - 1, {
    ...end,
    objects: end.objects.filter((object) => object !== lost),
  });
};

function swapped(
  log: readonly PushLogEntry[],
  [first, second]: readonly [Told, Told],
): readonly PushLogEntry[] {
  const { connection } = first;
  return log
    .with(first.index, {
      type: 'received',
      connection,
      frame: { ...second.frame, ...positionOf(first) },
    })
    .with(second.index, {
      type: 'received',
      connection,
      frame: { ...first.frame, ...positionOf(second) },
    });
}

function positionOf({ frame: { position } }: Told): { readonly position?: string } {
  return position === undefined ? {} : { position };
}
