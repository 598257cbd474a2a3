import type { ResourceType } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { IdentityInterner } from '../layout/identity-interner.ts';
import type { KvRecord } from '../store/kv-record.ts';
import { RecordDecoder, type DecodedRecord } from './record-decoder.ts';

const keys = {
  SERVICE: '/cse-sr/ms/files/d/p/sid',
  SERVICE_INDEX: '/cse-sr/ms/indexes/d/p//shop/cart/1.0.0',
  SERVICE_TAG: '/cse-sr/ms/tags/d/p/sid',
  SCHEMA_SUMMARY: '/cse-sr/ms/schema-sum/d/p/sid/x',
  RULE: '/cse-sr/ms/rules/d/p/sid/r',
  DEPENDENCY_RULE: '/cse-sr/ms/dep-rules/d/p/c//shop/cart/1.0.0',
  DEPENDENCY_QUEUE: '/cse-sr/ms/dep-queue/d/p/sid/0',
  INSTANCE: '/cse-sr/inst/files/d/p/sid/iid',
  PROJECT: '/cse-sr/projects/d/p',
} as const satisfies Partial<Record<ResourceType, string>>;

type SampleType = keyof typeof keys;

function record(type: SampleType, value: string | undefined, key: string = keys[type]): KvRecord {
  return { key, value, createRevision: 7n, modRevision: 9n, version: 3n, lease: 0n };
}

function decode(type: SampleType, value: string | undefined): DecodedRecord<SampleType> {
  return new RecordDecoder({ interner: new IdentityInterner() }).decode(type, record(type, value));
}

// Taken from stores that the reference wrote.
const recorded = [
  [
    'SERVICE',
    '{"serviceId":"d94f505e6757a3375959d1420fae129ebf69300d","appId":"app-qtwxzvgt","serviceName":"s-qtwxzvgt","version":"1.0.0","level":"BACK","schemas":["x"],"status":"UP","timestamp":"1795256735","alias":"al-qtwxzvgt","modTimestamp":"1795256735","environment":"development"}',
  ],
  [
    'INSTANCE',
    '{"instanceId":"18b16154764e434786de5cc6972e3fcd","serviceId":"d94f505e6757a3375959d1420fae129ebf69300d","endpoints":["rest://10.1.2.3:8080"],"hostName":"host-1","status":"UP","properties":{"a":"b"},"healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"1795256739","dataCenterInfo":{"name":"n","region":"r","availableZone":"z"},"modTimestamp":"1795256739","version":"1.0.0"}',
  ],
  ['SERVICE_TAG', '{"a":"b"}'],
  ['SERVICE_TAG', '{}'],
  ['SERVICE_INDEX', 'd94f505e6757a3375959d1420fae129ebf69300d'],
  ['SCHEMA_SUMMARY', ''],
  ['PROJECT', ''],
  [
    'RULE',
    '{"ruleId":"94519b11e59311f1bbac6e8330c7e2d8","ruleType":"WHITE","attribute":"tag_a","pattern":"a+","description":"test","timestamp":"1795255743","modTimestamp":"1795255743"}',
  ],
  [
    'DEPENDENCY_RULE',
    '{"Dependency":[{"tenant":"dqtwxzvgt/default","environment":"development","appId":"app-qtwxzvgt","serviceName":"s-qtwxzvgt","alias":"al-qtwxzvgt","version":"0.0.0+"}]}',
  ],
  ['DEPENDENCY_RULE', '{"Dependency":[{"tenant":"dzywjrmmt/default","serviceName":"*"}]}'],
  [
    'DEPENDENCY_QUEUE',
    '{"consumer":{"tenant":"default/default","environment":"production","appId":"shop","serviceName":"cart","version":"1.2.0"},"override":true}',
  ],
] as const;

describe('a value that the reference wrote', () => {
  it.for(recorded)('as %s is shown as it is stored: %s', ([type, value]) => {
    const decoded = decode(type, value);

    expect(decoded).toMatchObject({ action: 'put', type, resource: { encoded: value } });
  });

  it('comes with its place in history', () => {
    expect(decode('SERVICE_TAG', '{}')).toMatchObject({
      resource: { key: keys.SERVICE_TAG, createRevision: 7n, modRevision: 9n, version: 3n },
    });
  });

  it('is read with all its members', () => {
    const decoded = decode('INSTANCE', recorded[1][1]);
    if (decoded.action !== 'put' || decoded.type !== 'INSTANCE') throw new Error('is unreadable');

    expect(decoded.resource.identity).toEqual({
      tenant: { domain: 'd', project: 'p' },
      serviceId: 'sid',
      instanceId: 'iid',
    });
    expect(decoded.resource.value).toMatchObject({
      instanceId: '18b16154764e434786de5cc6972e3fcd',
      endpoints: ['rest://10.1.2.3:8080'],
      healthCheck: { mode: 'push', port: 0, interval: 30, times: 3, url: '' },
      dataCenterInfo: { name: 'n', region: 'r', availableZone: 'z' },
    });
  });
});

describe('a value that another writer wrote', () => {
  it.for([
    ['SERVICE_TAG', '{ "b": "1", "a": "2" }', '{"a":"2","b":"1"}'],
    ['SERVICE_TAG', 'null', '{}'],
    ['SERVICE', '{"serviceId":"sid","unknown":[1]}', '{"serviceId":"sid"}'],
    ['SERVICE', '{"ServiceID":"sid","schemas":null}', '{"serviceId":"sid"}'],
    [
      'INSTANCE',
      '{"hostName":"<a>","instanceId":"iid"}',
      '{"instanceId":"iid","hostName":"\\u003ca\\u003e"}',
    ],
    ['DEPENDENCY_RULE', '{"Dependency":[]}', '{}'],
    ['PROJECT', 'something', ''],
  ] as const)('as %s is shown in the form of this registry: %s', ([type, value, encoded]) => {
    expect(decode(type, value)).toMatchObject({ action: 'put', resource: { encoded } });
  });
});

describe('a value that cannot be read', () => {
  it.for([
    ['SERVICE', '', 'JSON'],
    ['SERVICE', '{"serviceId":', 'JSON'],
    ['SERVICE', '[]', 'must be an object'],
    ['SERVICE', '{"serviceId":5}', "'serviceId'"],
    ['SERVICE_TAG', '{"a":1}', "'a' must be"],
    ['SERVICE_TAG', 'x', 'JSON'],
    ['SERVICE_INDEX', '', 'must not be empty'],
    ['INSTANCE', '{"healthCheck":{"interval":"30"}}', "'healthCheck.interval'"],
    ['INSTANCE', undefined, 'UTF-8'],
    ['DEPENDENCY_QUEUE', '{"override":"yes"}', "'override'"],
  ] as const)('as %s is an item that says why: %s', ([type, value, reason]) => {
    const decoded = decode(type, value);

    expect(decoded).toMatchObject({ action: 'unreadable', type, key: keys[type], revision: 9n });
    expect(decoded.action === 'unreadable' && decoded.reason).toContain(reason);
  });
});

it('shows a key that names nothing as unreadable', () => {
  const decoder = new RecordDecoder({ interner: new IdentityInterner() });
  const decoded = decoder.decode('SERVICE', record('SERVICE', '{}', '/cse-sr/ms/files/lonely'));

  expect(decoded).toMatchObject({ action: 'unreadable', key: '/cse-sr/ms/files/lonely' });
});

it('shares what instances have in common, and only that', () => {
  const decoder = new RecordDecoder({ interner: new IdentityInterner() });
  const [one, same, other] = [
    '{"instanceId":"i1","properties":{"a":"b"},"healthCheck":{"mode":"push","interval":30,"times":3}}',
    '{"instanceId":"i2","properties":{"a":"b"},"healthCheck":{"mode":"push","interval":30,"times":3}}',
    '{"instanceId":"i3","properties":{"a":"c"},"healthCheck":{"mode":"push","interval":31,"times":3}}',
  ].map((value) => {
    const decoded = decoder.decode('INSTANCE', record('INSTANCE', value));
    if (decoded.action !== 'put') throw new Error(decoded.reason);
    return decoded.resource.value;
  });

  expect(same?.properties).toBe(one?.properties);
  expect(same?.healthCheck).toBe(one?.healthCheck);
  expect(other?.properties).toEqual({ a: 'c' });
  expect(other?.healthCheck).toMatchObject({ interval: 31 });
  expect([one, same, other].map((instance) => instance?.instanceId)).toEqual(['i1', 'i2', 'i3']);
});
