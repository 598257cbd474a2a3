/** A step whose answer differs from the recorded one on purpose. */
export interface AcceptedDifference {
  readonly folder: string;
  readonly scenario: string;
  readonly step: string;
  /** Why ours is right. */
  readonly reason: string;
}

const laterRoute = 'the route is not served yet';
const brokenWatcher = 'the v3 watcher of the recorded server answers a part of its own route';

/** Every hard difference that is accepted; one that is gone has to leave this list. */
export const acceptedDifferences: readonly AcceptedDifference[] = [
  accept('sc-2.x', 'watch-plain-get', 'heartbeat', laterRoute),
  accept(
    'sc-2.x',
    'instance-validate-basic',
    'untouched',
    'a live id registered again stores the changed body',
  ),
  accept('sc-2.x', 'v3-instances', 'watcher-plain', brokenWatcher),
  accept('sc-2.x', 'watch-plain-get', 'v3-watcher', brokenWatcher),
  accept('sc-2.x', 'watch-errors', 'v3', brokenWatcher),
  accept('sc-2.x', 'watch-errors', 'v3-quiet', brokenWatcher),
  accept('sc-2.x', 'watch-errors', 'v3-close', brokenWatcher),
];

function accept(
  folder: string,
  scenario: string,
  step: string,
  reason: string,
): AcceptedDifference {
  return { folder, scenario, step, reason };
}
