import {
  ServiceCenterError,
  type AddedRules,
  type Resource,
  type RuleChange,
  type RuleRepository,
  type ServiceRule,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { servicePrefix } from '../layout/store-keys.ts';
import { hasNoPutSince, isPresent } from '../store/compares.ts';
import { commitInOrder, packTransactions } from '../store/pack-transactions.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import { compareRevisions, newestRevision } from '../store/revisions.ts';
import type { ResourceStore } from './resource-store.ts';
import { ruleSteps, type RuleEdit } from './rule-steps.ts';
import { serviceNotExists } from './service-not-exists.ts';

type StoredRules = readonly Resource<'RULE'>[];

/**
 * Rules, each in a record of its own, with a key that tells its attribute and pattern beside it (spec 02 §1.1).
 *
 * An edit is decided on all rules of the service and holds only if none was put since they were read, so of two edits
 * at once the later one is decided anew on what the earlier one has left.
 */
export class KvRuleRepository implements RuleRepository {
  readonly #resources: ResourceStore;

  constructor(options: { readonly resources: ResourceStore }) {
    this.#resources = options.resources;
  }

  async add(
    tenant: Tenant,
    serviceId: string,
    rules: readonly ServiceRule[],
    quota: number,
  ): Promise<AddedRules> {
    let added: readonly ServiceRule[] = [];
    const written = await this.#edit(tenant, serviceId, (stored) => {
      checkQuota(stored.length, rules.length, quota);
      const current = stored.map(({ value }) => value);
      checkOneType([...current, ...rules]);
      added = withoutKnown(rules, current);
      return { puts: added, deletedIds: [] };
    });
    return { ...written, ruleIds: added.map(({ ruleId }) => ruleId) };
  }

  async update(
    tenant: Tenant,
    serviceId: string,
    ruleId: string,
    change: RuleChange,
  ): Promise<Written> {
    return this.#edit(tenant, serviceId, (stored) => {
      checkTypeStays(stored, change.ruleType);
      const { timestamp } = requireRule(stored, ruleId).value;
      return { puts: [{ ...change, ruleId, timestamp }], deletedIds: [] };
    });
  }

  async delete(tenant: Tenant, serviceId: string, ruleIds: readonly string[]): Promise<Written> {
    const deletedIds = [...new Set(ruleIds)];
    return this.#edit(tenant, serviceId, (stored) => {
      for (const ruleId of deletedIds) requireRule(stored, ruleId);
      return { puts: [], deletedIds };
    });
  }

  async list(tenant: Tenant, serviceId: string): Promise<StoredRules> {
    const prefix = servicePrefix(keyLayouts.RULE.prefix, tenant, serviceId);
    return rulesOf(serviceId, await this.#resources.list('RULE', prefix));
  }

  async #edit(
    tenant: Tenant,
    serviceId: string,
    decide: (stored: StoredRules) => RuleEdit,
  ): Promise<Written> {
    const service = { tenant, serviceId };
    const serviceKey = keyLayouts.SERVICE.build(service);
    const prefix = servicePrefix(keyLayouts.RULE.prefix, tenant, serviceId);
    return retryOnConflict(`rules of service ${serviceId}`, async () => {
      const record = await this.#resources.kv.get(serviceKey);
      if (record === undefined) throw serviceNotExists(serviceId);
      const { revision, resources } = await this.#resources.range('RULE', prefix);
      const stored = rulesOf(serviceId, resources);
      const steps = ruleSteps(service, stored, decide(stored));
      if (steps.length === 0) return this.#resources.written(newestRevision([record, ...stored]));
      // Only the first transaction can have it: its own puts would fail it in those that follow.
      const guard = { compares: [hasNoPutSince(prefix, revision)], operations: [] };
      const reached = await commitInOrder(
        this.#resources.kv,
        packTransactions([guard, ...steps], [isPresent(serviceKey)]),
      );
      return reached === undefined ? undefined : this.#resources.written(reached);
    });
  }
}

/** The rules of one service, oldest first; its prefix also starts the keys of a service stored with a longer id. */
function rulesOf(serviceId: string, resources: StoredRules): StoredRules {
  // What is read is in the order of keys, and the sort is stable.
  return resources
    .filter(({ identity }) => identity.serviceId === serviceId)
    .toSorted((left, right) => compareRevisions(left.createRevision, right.createRevision));
}

/** Those that repeat neither a stored rule nor an earlier one of their own. */
function withoutKnown(
  rules: readonly ServiceRule[],
  stored: readonly ServiceRule[],
): readonly ServiceRule[] {
  const known = new Set(stored.map(conditionOf));
  return rules.filter((rule) => {
    const condition = conditionOf(rule);
    if (known.has(condition)) return false;
    known.add(condition);
    return true;
  });
}

/** What a rule compares with what; attributes have no slash. */
function conditionOf({ attribute, pattern }: ServiceRule): string {
  return `${attribute}/${pattern}`;
}

function checkQuota(current: number, requested: number, quota: number): void {
  if (current + requested <= quota) return;
  throw new ServiceCenterError(
    'notEnoughQuota',
    `no quota to create RULE, max num is ${quota}, curNum is ${current}, apply num is ${requested}`,
  );
}

function checkOneType(rules: readonly ServiceRule[]): void {
  if (new Set(rules.map(({ ruleType }) => ruleType)).size <= 1) return;
  throw new ServiceCenterError(
    'blackAndWhiteRule',
    'Service can only contain one rule type, BLACK or WHITE.',
  );
}

function checkTypeStays(stored: StoredRules, ruleType: string): void {
  const other = stored.find(({ value }) => value.ruleType !== ruleType);
  if (other === undefined) return;
  throw new ServiceCenterError(
    'modifyRuleNotAllowed',
    `Exist multiple rules,can not change rule type. Rule type is ${other.value.ruleType}`,
  );
}

function requireRule(stored: StoredRules, ruleId: string): Resource<'RULE'> {
  const rule = stored.find(({ identity }) => identity.ruleId === ruleId);
  if (rule !== undefined) return rule;
  throw new ServiceCenterError('ruleNotExists', `rule ${ruleId} is not stored`);
}
