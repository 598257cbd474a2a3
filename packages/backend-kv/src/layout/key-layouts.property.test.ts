import {
  resourceTypes,
  type ResourceIdentities,
  type ResourceType,
} from '@service-center/sdcommon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { IdentityInterner } from './identity-interner.ts';
import { keyLayouts } from './key-layouts.ts';

const part = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes('/') && text !== '*');
const anyPart = fc.oneof(part, fc.constant(''));
const tenant = fc.record({ domain: part, project: part });
const member = { tenant, serviceId: part };
const name = {
  tenant,
  environment: anyPart,
  appId: anyPart,
  serviceName: part,
  version: part,
};

type Identities = { readonly [T in ResourceType]: fc.Arbitrary<ResourceIdentities[T]> };

const identities: Identities = {
  DOMAIN: fc.record({ domain: part }),
  PROJECT: tenant,
  SERVICE: fc.record(member),
  SERVICE_INDEX: fc.record(name),
  SERVICE_ALIAS: fc.record(name),
  SERVICE_TAG: fc.record(member),
  RULE: fc.record({ ...member, ruleId: part }),
  RULE_INDEX: fc.record({
    ...member,
    attribute: part,
    pattern: fc.string({ unit: 'grapheme', minLength: 1 }),
  }),
  SCHEMA_REF: fc.record({ ...member, schemaId: part }),
  SCHEMA_SUMMARY: fc.record({ ...member, schemaId: part }),
  DEPENDENCY_RULE: fc.oneof(
    fc.record({ ...name, side: fc.constantFrom('c' as const, 'p' as const) }),
    fc.record({
      tenant,
      side: fc.constant('p' as const),
      environment: anyPart,
      appId: fc.constant(''),
      serviceName: fc.constant('*'),
      version: fc.constant(''),
    }),
  ),
  DEPENDENCY_QUEUE: fc.record({ ...member, queueId: part }),
  INSTANCE: fc.record({ ...member, instanceId: part }),
};

/** Something that a key names, the key, and what is read from it. */
interface Sample<T extends ResourceType> {
  readonly identity: ResourceIdentities[T];
  readonly key: string;
  readonly read: ResourceIdentities[T] | undefined;
}

function samplesOf<T extends ResourceType>(type: T): fc.Arbitrary<Sample<T>> {
  const layout = keyLayouts[type];
  const arbitrary: fc.Arbitrary<ResourceIdentities[T]> = identities[type];
  return arbitrary.map((identity) => {
    const key = layout.build(identity);
    return { identity, key, read: layout.parse(key, new IdentityInterner()) };
  });
}

/** Any text under the prefix of a type, most of them close to a key that names something, and the key it stands for. */
function keysOf<T extends ResourceType>(
  type: T,
): fc.Arbitrary<Pick<Sample<T>, 'read'> & { readonly key: string; readonly built: string }> {
  const layout = keyLayouts[type];
  const parts = fc.array(fc.oneof(part, fc.constantFrom('', '*', 'c', 'p')), { maxLength: 9 });
  return parts.map((texts) => {
    const key = layout.prefix + texts.join('/');
    const read = layout.parse(key, new IdentityInterner());
    return { key, read, built: read === undefined ? key : layout.build(read) };
  });
}

describe.for(resourceTypes)('every key of a %s', (type) => {
  it('is read as what it was built from', () => {
    fc.assert(
      fc.property(samplesOf(type), ({ identity, key, read }) => {
        expect(key.startsWith(keyLayouts[type].prefix)).toBe(true);
        expect(read).toEqual(identity);
      }),
    );
  });

  it('that can be read is the only one of what it names', () => {
    fc.assert(
      fc.property(keysOf(type), ({ key, built }) => {
        expect(built).toBe(key);
      }),
    );
  });
});
