import {
  objectKey,
  type ChangeAction,
  type LoggedChange,
  type PushLogEntry,
} from '../../push/log/push-log.ts';

/** Some acts of a log, none of which was under way at the same time as another one. */
export interface ActWindow {
  /** The last number that was given before the window. */
  readonly after: number;
  /** The last number that was given in it. */
  readonly until: number;
}

/**
 * The log as a server sees it whose history of the window is lost: of everything that was written meanwhile it learns
 * only the difference, by listing the store again (spec 03 §12.3).
 */
export function condenseWindow(
  entries: readonly PushLogEntry[],
  { after, until }: ActWindow,
): readonly PushLogEntry[] {
  const isInside = (entry: PushLogEntry): boolean =>
    (entry.type === 'write' || entry.type === 'acknowledged') &&
    entry.act > after &&
    entry.act <= until;
  const first = entries.findIndex(isInside);
  const last = entries.findLastIndex(isInside);
  if (first === -1) return entries;
  const before = lastChanges(entries.slice(0, first));
  const written = lastChanges(entries.slice(first, last + 1));
  const changes = [...written].flatMap(([key, change]) => difference(before.get(key), change));
  const others = entries.slice(first, last + 1).filter((entry) => !isInside(entry));
  return [
    ...entries.slice(0, first),
    // What a service is comes before it is first written.
    ...others.filter(({ type }) => type === 'service'),
    { type: 'write', act: until, changes },
    ...others.filter(({ type }) => type !== 'service'),
    { type: 'acknowledged', act: until },
    ...entries.slice(last + 1),
  ];
}

function difference(
  before: LoggedChange | undefined,
  after: LoggedChange,
): LoggedChange | readonly never[] {
  const known = before === undefined || before.action === 'DELETE' ? undefined : before;
  const isThere = after.action !== 'DELETE';
  if (known === undefined && !isThere) return [];
  if (!isThere) return { ...after, state: known?.state ?? after.state, action: 'DELETE' };
  const action: ChangeAction = known === undefined ? 'CREATE' : 'UPDATE';
  return { ...after, action };
}

/** The last change of each object. */
function lastChanges(entries: readonly PushLogEntry[]): ReadonlyMap<string, LoggedChange> {
  const changes = entries.flatMap((entry) => (entry.type === 'write' ? entry.changes : []));
  return new Map(changes.map((change) => [objectKey(change), change]));
}
