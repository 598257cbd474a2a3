import { formatTenant } from '../../../model/tenant.ts';
import type { ListResult } from '../../../source/list-watch.ts';
import type { ResourceType } from '../../../source/resource.ts';

/**
 * What is wrong between the records of a list: something that hangs on a service that is not there, a name that leads
 * nowhere, or a service that cannot be found by its name.
 */
export function findOrphans({ resources }: ListResult<ResourceType>): readonly string[] {
  const services = new Set<string>();
  const names = new Map<string, string>();
  for (const { type, identity, value } of resources) {
    if (type === 'SERVICE') services.add(`${formatTenant(identity.tenant)} ${identity.serviceId}`);
    if (type !== 'SERVICE_INDEX' && type !== 'SERVICE_ALIAS') continue;
    const { tenant, environment, appId, serviceName, version } = identity;
    const name = [type, formatTenant(tenant), environment, appId, serviceName, version].join(' ');
    names.set(name, `${formatTenant(tenant)} ${value}`);
  }
  const orphans: string[] = [];
  for (const [name, service] of names) if (!services.has(service)) orphans.push(name);
  for (const record of resources) {
    switch (record.type) {
      case 'SERVICE': {
        const scope = formatTenant(record.identity.tenant);
        const { serviceId, environment, appId, serviceName, alias, version } = record.value;
        const byName = ['SERVICE_INDEX', scope, environment, appId, serviceName, version].join(' ');
        const byAlias = ['SERVICE_ALIAS', scope, environment, appId, alias, version].join(' ');
        const id = `${scope} ${serviceId}`;
        if (names.get(byName) !== id) orphans.push(`${record.key} by its name`);
        if (alias !== '' && names.get(byAlias) !== id) orphans.push(`${record.key} by its alias`);
        break;
      }
      case 'SERVICE_TAG':
      case 'RULE':
      case 'RULE_INDEX':
      case 'SCHEMA_REF':
      case 'SCHEMA_SUMMARY':
      case 'INSTANCE': {
        const { tenant, serviceId } = record.identity;
        if (!services.has(`${formatTenant(tenant)} ${serviceId}`)) orphans.push(record.key);
        break;
      }
      default:
    }
  }
  return orphans;
}
