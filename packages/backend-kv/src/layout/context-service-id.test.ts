import { defaultTenant } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import { contextServiceId } from './context-service-id.ts';

it.for([
  ['development', 'default', 'SERVICECENTER', '0.0.1', '7062417bf9ebd4c646bb23059003cea42180894a'],
  ['production', 'default', 'SERVICECENTER', '0.0.1', '4042a6a3e5a2893698ae363ea99a69eb63fc51cd'],
  ['', 'app1', 'svc1', '1.0.0', '7d5ded2cd1caa39e2fd9856e487ff954a6af8510'],
] as const)(
  'derives the id of %s/%s/%s/%s as the reference does',
  ([environment, appId, serviceName, version, id]) => {
    const name = { tenant: defaultTenant, environment, appId, serviceName, version };
    expect(contextServiceId(name)).toBe(id);
  },
);

it('derives the id that was recorded with a registration', () => {
  const id = contextServiceId({
    tenant: { domain: 'dqtwxzvgt', project: 'default' },
    environment: 'development',
    appId: 'app-qtwxzvgt',
    serviceName: 's-qtwxzvgt',
    version: '1.0.0',
  });
  expect(id).toBe('d94f505e6757a3375959d1420fae129ebf69300d');
});
