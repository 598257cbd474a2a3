import {
  encodeConsumerDependency,
  type MicroService,
  type ResourceType,
  type Tenant,
} from '@service-center/sdcommon';

import { overrideQueueId } from '../layout/dependency-keys.ts';
import { keyLayouts } from '../layout/key-layouts.ts';
import { legacySchemasPrefix, leasesPrefix, servicePrefix } from '../layout/store-keys.ts';
import type { KvOperation } from '../store/kv-transaction.ts';
import { aliasIdentity, microServiceKeyOf, nameIdentity } from './service-names.ts';

const memberTypes = [
  'SCHEMA_REF',
  'SCHEMA_SUMMARY',
  'RULE',
  'RULE_INDEX',
] as const satisfies ResourceType[];

/**
 * Everything that goes with a service (spec 02 §1.3, "Delete service", with the rules of 1.x), and the queued removal
 * of its dependencies.
 *
 * Instances go first: within one transaction the feed keeps the order of the operations, so whoever follows it still
 * knows the service when it learns that an instance is gone.
 */
export function serviceDeletion(
  tenant: Tenant,
  service: MicroService,
  serviceId: string,
): readonly KvOperation[] {
  const prefixes = [
    keyLayouts.INSTANCE.prefix,
    leasesPrefix,
    legacySchemasPrefix,
    ...memberTypes.map((type) => keyLayouts[type].prefix),
  ];
  const identity = { tenant, serviceId };
  const keys = [
    keyLayouts.SERVICE_TAG.build(identity),
    keyLayouts.SERVICE_INDEX.build(nameIdentity(tenant, service)),
    ...(service.alias === ''
      ? []
      : [keyLayouts.SERVICE_ALIAS.build(aliasIdentity(tenant, service))]),
    keyLayouts.SERVICE.build(identity),
  ];
  return [
    ...prefixes.map((prefix) => ({
      kind: 'deletePrefix' as const,
      prefix: servicePrefix(prefix, tenant, serviceId),
    })),
    ...keys.map((key) => ({ kind: 'delete' as const, key })),
    {
      kind: 'put',
      key: keyLayouts.DEPENDENCY_QUEUE.build({ ...identity, queueId: overrideQueueId }),
      value: encodeConsumerDependency({
        consumer: microServiceKeyOf(tenant, service),
        providers: [],
        override: true,
      }),
    },
  ];
}
