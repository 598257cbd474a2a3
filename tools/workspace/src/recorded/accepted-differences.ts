/** A step whose answer, or what it stored, differs from the recorded one on purpose. */
export interface AcceptedDifference {
  readonly folder: string;
  readonly scenario: string;
  readonly step: string;
  /** Why ours is right. */
  readonly reason: string;
}

const brokenWatcher = 'the v3 watcher of the recorded server answers a part of its own route';
const wholeOptionList = 'the recorded server reads only the first entry of the list of options';
const repeatedRule =
  'a rule that is repeated in one request is skipped like any known one, not a 500';
const keptVersion = 'the version of a declared provider is kept, not replaced by every version';
const pathWins = 'a path has the last word over ids in the body';

/** Every hard difference that is accepted; one that is gone has to leave this list. */
export const acceptedDifferences: readonly AcceptedDifference[] = [
  accept(
    'sc-2.x',
    'instance-validate-basic',
    'untouched',
    'a live id registered again stores the changed body',
  ),
  accept('sc-2.x', 'admin-dump', 'both', wholeOptionList),
  accept('sc-2.x', 'admin-dump', 'unknown-and-info', wholeOptionList),
  accept('sc-2.x', 'deps-environment-alias', 'etcd', keptVersion),
  accept('sc-2.x', 'deps-put-post', 'etcd-put', keptVersion),
  accept('sc-2.x', 'deps-put-post', 'etcd-replaced', keptVersion),
  accept('sc-2.x', 'service-properties', 'etcd-files', pathWins),
  accept('sc-2.x', 'system-wrong-methods', '405-gov', 'policies are not served yet'),
  accept('sc-2.x', 'v3-instances', 'watcher-plain', brokenWatcher),
  accept('sc-2.x', 'watch-plain-get', 'v3-watcher', brokenWatcher),
  accept('sc-2.x', 'watch-errors', 'v3', brokenWatcher),
  accept('sc-2.x', 'watch-errors', 'v3-quiet', brokenWatcher),
  accept('sc-2.x', 'watch-errors', 'v3-close', brokenWatcher),
  accept('sc-1.3', 'rules-crud', 'same-twice-in-request', repeatedRule),
  accept('sc-1.3', 'rules-crud', 'updated', repeatedRule),
  accept('sc-1.3', 'rules-crud', 'etcd-indexes-updated', repeatedRule),
  accept('sc-1.3', 'rules-crud', 'after', repeatedRule),
  accept('sc-1.3', 'rules-crud', 'add-black', repeatedRule),
];

function accept(
  folder: string,
  scenario: string,
  step: string,
  reason: string,
): AcceptedDifference {
  return { folder, scenario, step, reason };
}
