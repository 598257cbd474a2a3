import {
  encodeServiceRule,
  type Resource,
  type ServiceIdentity,
  type ServiceRule,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { isAbsent, isUnchanged } from '../store/compares.ts';
import type { KvOperation } from '../store/kv-transaction.ts';
import type { TransactionStep } from '../store/pack-transactions.ts';

/** What to do to the rules of a service. */
export interface RuleEdit {
  /** New rules, and new values of stored ones. */
  readonly puts: readonly ServiceRule[];
  /** Ids of stored rules. */
  readonly deletedIds: readonly string[];
}

/**
 * Edits the stored rules of a service: the rules first, then their index keys. So up to 128 changed rules are written in
 * one transaction, with as many of the index keys as fit. An index key that is missing or left over after a stop harms
 * nobody: the rules alone decide which rules there are (spec 02 §7.7).
 */
export function ruleSteps(
  service: ServiceIdentity,
  stored: readonly Resource<'RULE'>[],
  { puts, deletedIds }: RuleEdit,
): readonly TransactionStep[] {
  const known = new Map(stored.map((record) => [record.identity.ruleId, record]));
  const ruleStep = (ruleId: string, value?: string): TransactionStep => {
    const key = keyLayouts.RULE.build({ ...service, ruleId });
    const record = known.get(ruleId);
    return {
      compares: [record === undefined ? isAbsent(key) : isUnchanged(key, record)],
      operations: [value === undefined ? { kind: 'delete', key } : { kind: 'put', key, value }],
    };
  };
  const edited = new Set([...deletedIds, ...puts.map(({ ruleId }) => ruleId)]);
  const left = stored.filter(({ identity }) => !edited.has(identity.ruleId)).map(ruleOf);
  return [
    ...puts.map((rule) => ruleStep(rule.ruleId, encodeServiceRule(rule))),
    ...deletedIds.map((ruleId) => ruleStep(ruleId)),
    ...indexSteps(indexOf(service, stored.map(ruleOf)), indexOf(service, [...left, ...puts])),
  ];
}

function indexSteps(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly TransactionStep[] {
  const operations: KvOperation[] = [];
  for (const [key, value] of after) {
    if (before.get(key) !== value) operations.push({ kind: 'put', key, value });
  }
  for (const key of before.keys()) if (!after.has(key)) operations.push({ kind: 'delete', key });
  return operations.map((operation) => ({ compares: [], operations: [operation] }));
}

/** The index keys of rules with the ids they hold; where several rules have one key, that of the last. */
function indexOf(
  service: ServiceIdentity,
  rules: readonly ServiceRule[],
): ReadonlyMap<string, string> {
  return new Map(
    rules.map(({ ruleId, attribute, pattern }) => [
      keyLayouts.RULE_INDEX.build({ ...service, attribute, pattern }),
      ruleId,
    ]),
  );
}

/** The value of a record; the key tells its id, whatever the value says. */
function ruleOf({ identity, value }: Resource<'RULE'>): ServiceRule {
  return { ...value, ruleId: identity.ruleId };
}
