import {
  encodeMicroServiceDependency,
  formatTenant,
  isSameDependencyKey,
  mergeDependency,
  type Logger,
  type MergedDependency,
  type MicroServiceKey,
  type Resource,
  type Written,
} from '@service-center/sdcommon';

import { completeProviderKey, dependencyRuleKey } from '../layout/dependency-keys.ts';
import { isUnchanged } from '../store/compares.ts';
import type { KvRecord } from '../store/kv-record.ts';
import type { KvOperation } from '../store/kv-transaction.ts';
import {
  commitInOrder,
  packTransactions,
  type TransactionStep,
} from '../store/pack-transactions.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import type { ResourceStore } from './resource-store.ts';

/** A queued change whose names are complete and make keys. */
interface CompleteChange {
  readonly consumer: MicroServiceKey;
  readonly consumerKey: string;
  readonly providers: readonly MicroServiceKey[];
  readonly override: boolean;
}

/**
 * Applies one queued change to both sides and takes it out of the queue (spec 02 §1.6).
 *
 * Everything is compared with what was read, so of two servers that apply at once none undoes the other. Providers'
 * sides go before the consumer's and the queue entry, which are written together: should a change be too long for one
 * transaction and stop half way, it is still queued and applying it again completes it.
 */
export async function applyDependency(
  resources: ResourceStore,
  logger: Logger,
  queued: Resource<'DEPENDENCY_QUEUE'>,
): Promise<Written> {
  const change = completeChange(queued, logger);
  const dequeue: TransactionStep = {
    compares: [],
    operations: [{ kind: 'delete', key: queued.key }],
  };
  return retryOnConflict(`the dependencies of ${queued.identity.serviceId}`, async () => {
    const steps = change === undefined ? [] : await changeSteps(resources, change);
    const revision = await commitInOrder(
      resources.kv,
      packTransactions([...steps, dequeue], [isUnchanged(queued.key, queued)]),
    );
    if (revision !== undefined) return resources.written(revision);
    const waiting = await resources.kv.get(queued.key);
    if (waiting?.modRevision === queued.modRevision) return undefined;
    // Rewritten: the newer change waits under the same key and replaces this one. Gone: somebody else applied it.
    const reached = waiting?.modRevision ?? (await resources.kv.currentRevision());
    return resources.written(reached);
  });
}

function completeChange(
  { key, identity, value }: Resource<'DEPENDENCY_QUEUE'>,
  logger: Logger,
): CompleteChange | undefined {
  const tenant = formatTenant(identity.tenant);
  const consumer = value.consumer && {
    ...value.consumer,
    tenant: value.consumer.tenant === '' ? tenant : value.consumer.tenant,
  };
  const consumerKey = consumer && dependencyRuleKey('c', consumer);
  if (consumer === undefined || consumerKey === undefined) {
    logger.warn({ key }, 'a queued dependency names no consumer and is dropped');
    return undefined;
  }
  const providers = value.providers
    .map((provider) => completeProviderKey(provider, tenant))
    .filter((provider) => {
      if (dependencyRuleKey('p', provider) !== undefined) return true;
      logger.warn({ key, provider }, 'a provider in a queued dependency has no usable name');
      return false;
    });
  return { consumer, consumerKey, providers, override: value.override };
}

async function changeSteps(
  resources: ResourceStore,
  change: CompleteChange,
): Promise<readonly TransactionStep[]> {
  const record = await resources.kv.get(change.consumerKey);
  const stored = resources.tryDecode('DEPENDENCY_RULE', record)?.value.Dependency ?? [];
  const merged = mergeDependency(stored, change);
  return [
    ...(await providerSteps(resources, change.consumer, merged)),
    ruleStep(change.consumerKey, record, merged.providers),
  ];
}

async function providerSteps(
  resources: ResourceStore,
  consumer: MicroServiceKey,
  { created, deleted }: MergedDependency,
): Promise<readonly TransactionStep[]> {
  const isAdded = new Map<string, boolean>();
  // A wildcard has one key whatever version it was sent with, so it may be deleted and created at once: created wins.
  for (const provider of deleted) isAdded.set(providerRuleKey(provider), false);
  for (const provider of created) isAdded.set(providerRuleKey(provider), true);
  isAdded.delete('');
  const records = await resources.getAll([...isAdded.keys()]);
  return [...isAdded].map(([key, isAddition], index) => {
    const record = records[index];
    const stored = resources.tryDecode('DEPENDENCY_RULE', record)?.value.Dependency ?? [];
    const others = stored.filter((other) => !isSameDependencyKey(other, consumer));
    if (!isAddition) return ruleStep(key, record, others);
    return ruleStep(key, record, others.length < stored.length ? stored : [...stored, consumer]);
  });
}

/** `''` for a stored provider whose names make no key: then there is no other side to change. */
function providerRuleKey(provider: MicroServiceKey): string {
  return dependencyRuleKey('p', provider) ?? '';
}

/** Writes one side of the rules, or removes it when it is empty; nothing when it is as it was. */
export function ruleStep(
  key: string,
  record: Pick<KvRecord, 'modRevision' | 'value'> | undefined,
  names: readonly MicroServiceKey[],
): TransactionStep {
  const operations: KvOperation[] = [];
  const value = encodeMicroServiceDependency({ Dependency: names });
  if (names.length === 0) {
    if (record !== undefined) operations.push({ kind: 'delete', key });
  } else if (record?.value !== value) {
    operations.push({ kind: 'put', key, value });
  }
  return { compares: [isUnchanged(key, record)], operations };
}
