import type { ConsumerDependency } from '../../../model/dependency.ts';
import type { MicroServiceKey } from '../../../model/microservice.ts';
import { formatTenant, type Tenant } from '../../../model/tenant.ts';
import type { Resource } from '../../../source/resource.ts';
import { ruleText } from './rule-model.ts';

/**
 * What a record says, in the form of `RegistryModel.lines`.
 *
 * @returns undefined for what the model does not know: tenants, and keys that lead to rules
 */
export function describeRecord(record: Resource): string | undefined {
  switch (record.type) {
    case 'SERVICE': {
      const { serviceName, alias, version, schemas, properties } = record.value;
      const text = JSON.stringify([serviceName, alias, version, schemas, properties]);
      return `SERVICE ${formatTenant(record.identity.tenant)} ${record.identity.serviceId} ${text}`;
    }
    case 'SERVICE_INDEX':
    case 'SERVICE_ALIAS': {
      const { tenant, serviceName, version } = record.identity;
      return `${record.type} ${formatTenant(tenant)} ${serviceName} ${version} ${record.value}`;
    }
    case 'SERVICE_TAG': {
      const { tenant, serviceId } = record.identity;
      return `SERVICE_TAG ${formatTenant(tenant)} ${serviceId} ${JSON.stringify(record.value)}`;
    }
    case 'SCHEMA_REF': {
      const { tenant, serviceId, schemaId } = record.identity;
      return `SCHEMA_REF ${formatTenant(tenant)} ${serviceId} ${schemaId}`;
    }
    case 'SCHEMA_SUMMARY': {
      const { tenant, serviceId, schemaId } = record.identity;
      return `SCHEMA_SUMMARY ${formatTenant(tenant)} ${serviceId} ${schemaId} ${record.value}`;
    }
    case 'INSTANCE': {
      const { tenant, serviceId, instanceId } = record.identity;
      const { hostName, status, properties } = record.value;
      const body = JSON.stringify([hostName, status, properties]);
      return `INSTANCE ${formatTenant(tenant)} ${serviceId} ${instanceId} ${body}`;
    }
    case 'DOMAIN':
    case 'PROJECT':
    case 'RULE_INDEX':
      return undefined;
    case 'RULE': {
      const { tenant, serviceId, ruleId } = record.identity;
      return `RULE ${formatTenant(tenant)} ${serviceId} ${ruleId} ${ruleText(record.value)}`;
    }
    case 'DEPENDENCY_QUEUE': {
      const { tenant, serviceId } = record.identity;
      return describeQueued(tenant, serviceId, record.value);
    }
    case 'DEPENDENCY_RULE': {
      const { side, tenant, ...name } = record.identity;
      return describeRule(side, { ...name, tenant: formatTenant(tenant) }, record.value.Dependency);
    }
  }
}

/** A waiting change of dependencies, as a line. */
export function describeQueued(
  tenant: Tenant,
  serviceId: string,
  { consumer, providers, override }: ConsumerDependency,
): string {
  const text = [consumer && nameOf(consumer), providers.map(nameOf), override];
  return `DEPENDENCY_QUEUE ${formatTenant(tenant)} ${serviceId} ${JSON.stringify(text)}`;
}

/** One side of a dependency, as a line; the order of the other sides does not count. */
export function describeRule(
  side: 'c' | 'p',
  key: Pick<MicroServiceKey, 'tenant' | 'serviceName' | 'version'>,
  others: readonly MicroServiceKey[],
): string {
  return `DEPENDENCY_RULE ${side} ${key.tenant} ${nameOf(key)} ${JSON.stringify(others.map(nameOf).toSorted())}`;
}

function nameOf({
  serviceName,
  version,
}: Pick<MicroServiceKey, 'serviceName' | 'version'>): string {
  return `${serviceName} ${version}`;
}
