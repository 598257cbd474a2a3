import { defaultTenant } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import {
  leaseKey,
  legacySchemaKey,
  lockKey,
  schemaContentKey,
  schemaHash,
  serverRecordKey,
  servicePrefix,
  tenantPrefix,
} from './store-keys.ts';

it('hashes a schema with its id', () => {
  expect(schemaHash('first-schema', 'hello')).toBe('de7b0e2299f5a3e6386faa5747ff0259');
});

it('hashes the bytes of the text', () => {
  expect(schemaHash('x', 'ключ')).not.toBe(schemaHash('x', '????'));
  expect(schemaHash('a', 'text')).not.toBe(schemaHash('b', 'text'));
});

it('keeps the second slash of a lock whose name begins with one', () => {
  expect(lockKey('/dep-queue')).toBe('/lock//dep-queue');
  expect(lockKey('retire-service-job')).toBe('/lock/retire-service-job');
});

it('names the keys that are no resources', () => {
  expect(serverRecordKey).toBe('/cse-sr/sys');
  expect(leaseKey(defaultTenant, 's', 'i')).toBe('/cse-sr/inst/leases/default/default/s/i');
  expect(legacySchemaKey(defaultTenant, 's', 'x')).toBe('/cse-sr/ms/schemas/default/default/s/x');
  expect(schemaContentKey(defaultTenant, 'h')).toBe('/cse-sr/ms/schema-content/default/default/h');
});

it('ends every prefix at a boundary', () => {
  expect(tenantPrefix('/cse-sr/ms/files/', { domain: 'd', project: 'p' })).toBe(
    '/cse-sr/ms/files/d/p/',
  );
  expect(servicePrefix('/cse-sr/ms/rules/', { domain: 'd', project: 'p' }, 's')).toBe(
    '/cse-sr/ms/rules/d/p/s/',
  );
});
