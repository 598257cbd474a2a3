import {
  anyService,
  anyVersion,
  parseTenant,
  type DependencyRuleIdentity,
  type MicroServiceKey,
} from '@service-center/sdcommon';

import { IdentityInterner } from './identity-interner.ts';
import { keyLayouts } from './key-layouts.ts';

/** The last part of a queue key whose change replaces all providers of its consumer (spec 02 §1.1). */
export const overrideQueueId = '0';

/** The last part of a queue key that a find makes. */
export function findQueueId(provider: MicroServiceKey): string {
  return `${provider.appId}_${provider.serviceName}`;
}

/** Fills in what a client may leave out of a dependency's keys: the tenant, and the version of a provider. */
export function completeProviderKey(key: MicroServiceKey, tenant: string): MicroServiceKey {
  return {
    ...key,
    tenant: key.tenant === '' ? tenant : key.tenant,
    version: key.version === '' && key.serviceName !== anyService ? anyVersion : key.version,
  };
}

/** The store key of one side of a dependency; undefined when the names make no key that could be read again. */
export function dependencyRuleKey(side: 'c' | 'p', name: MicroServiceKey): string | undefined {
  const tenant = parseTenant(name.tenant);
  if (tenant === undefined) return undefined;
  const { environment, appId, serviceName, version } = name;
  const identity: DependencyRuleIdentity = {
    tenant,
    side,
    environment,
    appId,
    serviceName,
    version,
  };
  const key = keyLayouts.DEPENDENCY_RULE.build(identity);
  const read = keyLayouts.DEPENDENCY_RULE.parse(key, new IdentityInterner());
  return read === undefined ? undefined : key;
}
