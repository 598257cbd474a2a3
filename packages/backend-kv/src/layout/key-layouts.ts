import { anyService, type ResourceType } from '@service-center/sdcommon';

import {
  buildMemberKey,
  nameKeyLayout,
  parseMemberKey,
  parseNameParts,
  parseTenantPart,
  serviceKeyLayout,
  type KeyLayout,
} from './key-layout.ts';
import { rootPrefix } from './store-keys.ts';

/** The layout of each type's keys. */
export type KeyLayouts = { readonly [T in ResourceType]: KeyLayout<T> };

const domain: KeyLayout<'DOMAIN'> = {
  prefix: `${rootPrefix}domains/`,
  build: (identity) => `${domain.prefix}${identity.domain}`,
  parse: (key) => {
    const name = key.slice(domain.prefix.length);
    return name === '' || name.includes('/') ? undefined : { domain: name };
  },
};

const project: KeyLayout<'PROJECT'> = {
  prefix: `${rootPrefix}projects/`,
  build: (tenant) => `${project.prefix}${tenant.domain}/${tenant.project}`,
  parse: (key, interner) => {
    const [domainName, projectName, ...more] = key.slice(project.prefix.length).split('/');
    if (domainName === undefined || domainName === '' || more.length > 0) return undefined;
    if (projectName === undefined || projectName === '') return undefined;
    return interner.tenant(domainName, projectName);
  },
};

const rule: KeyLayout<'RULE'> = {
  prefix: `${rootPrefix}ms/rules/`,
  build: (identity) => buildMemberKey(rule.prefix, identity, identity.ruleId),
  parse: (key, interner) => {
    const member = parseMemberKey(key, rule.prefix, interner);
    if (member === undefined) return undefined;
    return { tenant: member.tenant, serviceId: member.serviceId, ruleId: member.name };
  },
};

const ruleIndex: KeyLayout<'RULE_INDEX'> = {
  prefix: `${rootPrefix}ms/rule-indexes/`,
  build: (identity) =>
    buildMemberKey(ruleIndex.prefix, identity, `${identity.attribute}/${identity.pattern}`),
  parse: (key, interner) => {
    const part = parseTenantPart(key, ruleIndex.prefix, interner);
    if (part === undefined) return undefined;
    // The pattern is a regular expression kept as it was given, slashes included, so it takes all that is left.
    const serviceIdEnd = key.indexOf('/', part.restStart);
    const attributeEnd = key.indexOf('/', serviceIdEnd + 1);
    if (serviceIdEnd <= part.restStart || attributeEnd <= serviceIdEnd + 1) return undefined;
    if (attributeEnd + 1 === key.length) return undefined;
    return {
      tenant: part.tenant,
      serviceId: interner.serviceId(key.slice(part.restStart, serviceIdEnd)),
      attribute: key.slice(serviceIdEnd + 1, attributeEnd),
      pattern: key.slice(attributeEnd + 1),
    };
  },
};

const schemaRef = schemaKeyLayout(`${rootPrefix}ms/schema-ref/`);

const schemaSummary = schemaKeyLayout(`${rootPrefix}ms/schema-sum/`);

const dependencyRule: KeyLayout<'DEPENDENCY_RULE'> = {
  prefix: `${rootPrefix}ms/dep-rules/`,
  build: ({ tenant, side, environment, appId, serviceName, version }) => {
    const start = `${dependencyRule.prefix}${tenant.domain}/${tenant.project}/${side}/${environment}/`;
    if (side === 'p' && serviceName === anyService) return `${start}${anyService}`;
    return `${start}${appId}/${serviceName}/${version}`;
  },
  parse: (key, interner) => {
    const part = parseTenantPart(key, dependencyRule.prefix, interner);
    if (part === undefined) return undefined;
    const { tenant } = part;
    const [side, ...names] = key.slice(part.restStart).split('/');
    if (side !== 'c' && side !== 'p') return undefined;
    const [environment, name] = names;
    if (names.length === 2 && side === 'p' && environment !== undefined && name === anyService) {
      return { tenant, side, environment, appId: '', serviceName: anyService, version: '' };
    }
    const identity = parseNameParts(tenant, names);
    if (identity === undefined) return undefined;
    // The wildcard has the short key alone, so that nothing is stored under two keys.
    return side === 'p' && identity.serviceName === anyService ? undefined : { ...identity, side };
  },
};

const dependencyQueue: KeyLayout<'DEPENDENCY_QUEUE'> = {
  prefix: `${rootPrefix}ms/dep-queue/`,
  build: (identity) => buildMemberKey(dependencyQueue.prefix, identity, identity.queueId),
  parse: (key, interner) => {
    const member = parseMemberKey(key, dependencyQueue.prefix, interner);
    if (member === undefined) return undefined;
    return { tenant: member.tenant, serviceId: member.serviceId, queueId: member.name };
  },
};

const instance: KeyLayout<'INSTANCE'> = {
  prefix: `${rootPrefix}inst/files/`,
  build: (identity) => buildMemberKey(instance.prefix, identity, identity.instanceId),
  parse: (key, interner) => {
    const member = parseMemberKey(key, instance.prefix, interner);
    if (member === undefined) return undefined;
    return { tenant: member.tenant, serviceId: member.serviceId, instanceId: member.name };
  },
};

function schemaKeyLayout(prefix: string): KeyLayout<'SCHEMA_REF'> & KeyLayout<'SCHEMA_SUMMARY'> {
  return {
    prefix,
    build: (identity) => buildMemberKey(prefix, identity, identity.schemaId),
    parse: (key, interner) => {
      const member = parseMemberKey(key, prefix, interner);
      if (member === undefined) return undefined;
      return { tenant: member.tenant, serviceId: member.serviceId, schemaId: member.name };
    },
  };
}

/** The 2.x layout, with the 1.x keys of rules, which 2.x dropped (spec 02 §0 and §1.1). */
export const keyLayouts: KeyLayouts = {
  DOMAIN: domain,
  PROJECT: project,
  SERVICE: serviceKeyLayout(`${rootPrefix}ms/files/`),
  SERVICE_INDEX: nameKeyLayout(`${rootPrefix}ms/indexes/`),
  SERVICE_ALIAS: nameKeyLayout(`${rootPrefix}ms/alias/`),
  SERVICE_TAG: serviceKeyLayout(`${rootPrefix}ms/tags/`),
  RULE: rule,
  RULE_INDEX: ruleIndex,
  SCHEMA_REF: schemaRef,
  SCHEMA_SUMMARY: schemaSummary,
  DEPENDENCY_RULE: dependencyRule,
  DEPENDENCY_QUEUE: dependencyQueue,
  INSTANCE: instance,
};

/** The type whose keys start like this one; undefined when it is no resource, such as a lease or a schema's text. */
export function resourceTypeOf(
  key: string,
  types: readonly ResourceType[],
): ResourceType | undefined {
  return types.find((type) => key.startsWith(keyLayouts[type].prefix));
}
