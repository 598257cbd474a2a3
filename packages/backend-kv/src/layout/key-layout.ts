import type {
  ResourceIdentities,
  ResourceType,
  ServiceIdentity,
  ServiceNameIdentity,
  Tenant,
} from '@service-center/sdcommon';

import type { IdentityInterner } from './identity-interner.ts';

/** How the keys of one type of resource are built and read (spec 02 §1.1 and §1.2). */
export interface KeyLayout<T extends ResourceType> {
  /** What all keys of the type start with; ends with a slash. */
  readonly prefix: string;
  /** The key of an identity. */
  build(identity: ResourceIdentities[T]): string;
  /** The identity of a key under the prefix; undefined when it names nothing. */
  parse(key: string, interner: IdentityInterner): ResourceIdentities[T] | undefined;
}

interface TenantPart {
  readonly tenant: Tenant;
  /** Where what follows domain and project begins. */
  readonly restStart: number;
}

/** Reads `{domain}/{project}/` behind the prefix. */
export function parseTenantPart(
  key: string,
  prefix: string,
  interner: IdentityInterner,
): TenantPart | undefined {
  const domainEnd = key.indexOf('/', prefix.length);
  if (domainEnd <= prefix.length) return undefined;
  const projectEnd = key.indexOf('/', domainEnd + 1);
  if (projectEnd <= domainEnd + 1) return undefined;
  const tenant = interner.tenant(
    key.slice(prefix.length, domainEnd),
    key.slice(domainEnd + 1, projectEnd),
  );
  return { tenant, restStart: projectEnd + 1 };
}

/** `{prefix}{domain}/{project}/{serviceId}`. */
export function serviceKeyLayout(prefix: string): {
  readonly prefix: string;
  build(identity: ServiceIdentity): string;
  parse(key: string, interner: IdentityInterner): ServiceIdentity | undefined;
} {
  return {
    prefix,
    build: ({ tenant, serviceId }) => `${prefix}${tenant.domain}/${tenant.project}/${serviceId}`,
    parse: (key, interner) => {
      const part = parseTenantPart(key, prefix, interner);
      if (part === undefined || part.restStart === key.length) return undefined;
      // A serviceId with slashes cannot be registered any more but may be stored (spec 00, decision 10).
      const serviceId = interner.serviceId(key.slice(part.restStart));
      return { tenant: part.tenant, serviceId };
    },
  };
}

/** A part of a service with a name of its own, such as an instance. */
export interface ServiceMember extends ServiceIdentity {
  readonly name: string;
}

/** Builds `{prefix}{domain}/{project}/{serviceId}/{name}`. */
export function buildMemberKey(
  prefix: string,
  { tenant, serviceId }: ServiceIdentity,
  name: string,
): string {
  return `${prefix}${tenant.domain}/${tenant.project}/${serviceId}/${name}`;
}

/** Reads what {@link buildMemberKey} builds; the name is what follows the last slash. */
export function parseMemberKey(
  key: string,
  prefix: string,
  interner: IdentityInterner,
): ServiceMember | undefined {
  const part = parseTenantPart(key, prefix, interner);
  if (part === undefined) return undefined;
  const nameStart = key.lastIndexOf('/') + 1;
  if (nameStart - 1 <= part.restStart || nameStart === key.length) return undefined;
  const serviceId = interner.serviceId(key.slice(part.restStart, nameStart - 1));
  return { tenant: part.tenant, serviceId, name: key.slice(nameStart) };
}

/** `{prefix}{domain}/{project}/{environment}/{appId}/{name}/{version}`; only the first two of the four may be empty. */
export function nameKeyLayout(prefix: string): {
  readonly prefix: string;
  build(identity: ServiceNameIdentity): string;
  parse(key: string, interner: IdentityInterner): ServiceNameIdentity | undefined;
} {
  return {
    prefix,
    build: ({ tenant, environment, appId, serviceName, version }) =>
      `${prefix}${tenant.domain}/${tenant.project}/${environment}/${appId}/${serviceName}/${version}`,
    parse: (key, interner) => {
      const part = parseTenantPart(key, prefix, interner);
      if (part === undefined) return undefined;
      return parseNameParts(part.tenant, key.slice(part.restStart).split('/'));
    },
  };
}

/** Reads environment, application, name and version. */
export function parseNameParts(
  tenant: Tenant,
  parts: readonly string[],
): ServiceNameIdentity | undefined {
  const [environment, appId, serviceName, version] = parts;
  if (parts.length !== 4 || environment === undefined || appId === undefined) return undefined;
  if (serviceName === undefined || serviceName === '') return undefined;
  if (version === undefined || version === '') return undefined;
  return { tenant, environment, appId, serviceName, version };
}
