import {
  anyService,
  formatTenant,
  type MicroServiceKey,
  type Resource,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { tenantPrefix } from '../layout/store-keys.ts';
import { isEmptyPrefix } from '../store/compares.ts';
import { chunksOf } from '../store/transaction-limit.ts';
import { ruleStep } from './dependency-application.ts';
import type { ResourceStore } from './resource-store.ts';
import { RegisteredNames, versionPrefixes } from './registered-names.ts';

/** How many names one transaction may find missing: two compares each, beside the rule's own. */
const maxMissingNames = 60;

/**
 * Removes from a tenant's rules the services that no longer exist under any version, by name or alias; `*` stays
 * (spec 02 §1.6).
 *
 * A service that registers in between is found by its consumers without a new rule being recorded, since the rule is
 * there. So a removal holds only if the name is still free in the same transaction; else it is left to the next run.
 */
export async function cleanUpDependencies(
  resources: ResourceStore,
  tenant: Tenant,
): Promise<Written> {
  const names = new RegisteredNames(resources);
  const prefix = tenantPrefix(keyLayouts.DEPENDENCY_RULE.prefix, tenant);
  const range = await resources.range('DEPENDENCY_RULE', prefix);
  let reached = range.revision;
  for (const rule of range.resources) {
    const revision =
      rule.identity.side === 'c'
        ? await removeMissingProviders(resources, names, rule)
        : await removeMissingService(resources, names, rule);
    if (revision !== undefined) reached = revision;
  }
  return resources.written(reached);
}

/** @returns the revision of the last change; undefined when there was none */
async function removeMissingProviders(
  resources: ResourceStore,
  names: RegisteredNames,
  rule: Resource<'DEPENDENCY_RULE'>,
): Promise<bigint | undefined> {
  let providers = rule.value.Dependency;
  const missing: MicroServiceKey[] = [];
  for (const provider of providers) {
    if (provider.serviceName !== anyService && !(await names.has(provider))) missing.push(provider);
  }
  let reached: bigint | undefined;
  for (const chunk of chunksOf(missing, maxMissingNames)) {
    providers = providers.filter((provider) => !chunk.includes(provider));
    const step = ruleStep(
      rule.key,
      { modRevision: reached ?? rule.modRevision, value: undefined },
      providers,
    );
    const { succeeded, revision } = await resources.kv.commit({
      compares: [...step.compares, ...chunk.flatMap(versionPrefixes).map(isEmptyPrefix)],
      success: step.operations,
    });
    if (!succeeded) break;
    reached = revision;
  }
  return reached;
}

/** @returns the revision of the removal; undefined when the rule stays */
async function removeMissingService(
  resources: ResourceStore,
  names: RegisteredNames,
  { key, modRevision, identity }: Resource<'DEPENDENCY_RULE'>,
): Promise<bigint | undefined> {
  if (identity.serviceName === anyService) return undefined;
  const name = { ...identity, tenant: formatTenant(identity.tenant) };
  if (await names.has(name)) return undefined;
  const step = ruleStep(key, { modRevision, value: undefined }, []);
  const { succeeded, revision } = await resources.kv.commit({
    compares: [...step.compares, ...versionPrefixes(name).map(isEmptyPrefix)],
    success: step.operations,
  });
  return succeeded ? revision : undefined;
}
