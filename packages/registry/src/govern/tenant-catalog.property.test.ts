import type { ResourceRecord, Tenant } from '@service-center/sdcommon';
import {
  instanceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
} from '@service-center/sdcommon/testing';
import { InstanceIndex } from '@service-center/aggregator';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { SharedServices } from '../service/shared-services.ts';
import { TenantCatalog } from './tenant-catalog.ts';

const tenants: readonly Tenant[] = [
  { domain: 'default', project: 'default' },
  { domain: 'd', project: 'p' },
];
const revisions = { createRevision: 1n, modRevision: 1n, version: 1n };

type Service = ResourceRecord<'SERVICE'>;

function serviceRecord(tenant: Tenant, serviceId: string, name: string, env: string): Service {
  const [appId = '', serviceName = ''] = name.split('/');
  const value = sampleService({ serviceId, appId, serviceName, environment: env, alias: '' });
  return { ...serviceDraft(tenant, value), ...revisions };
}

function instanceRecord(
  tenant: Tenant,
  serviceId: string,
  instanceId: string,
): ResourceRecord<'INSTANCE'> {
  return { ...instanceDraft(tenant, sampleInstance({ serviceId, instanceId })), ...revisions };
}

const step = fc.record({
  tenant: fc.constantFrom(...tenants),
  serviceId: fc.constantFrom('s1', 's2', 's3', 's4'),
  name: fc.constantFrom('shop/cart', 'shop/web', 'other/cart', 'default/common'),
  env: fc.constantFrom('', 'production'),
  kind: fc.constantFrom('put', 'put', 'delete', 'join', 'join', 'leave'),
  instanceId: fc.constantFrom('i1', 'i2'),
});

it('says what counting everything anew would say', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const instances = new InstanceIndex();
      const sharedServices = new SharedServices(['common']);
      const catalog = new TenantCatalog({ aggregator: { instances }, sharedServices });
      const services = new Map<string, Service>();
      for (const { tenant, serviceId, name, env, kind, instanceId } of steps) {
        const id = `${tenant.domain} ${serviceId}`;
        const known = services.get(id);
        const event = { cause: undefined, previous: undefined, revision: 1n, receivedMs: 0 };
        if (kind === 'put') {
          const resource = serviceRecord(tenant, serviceId, name, env);
          services.set(id, resource);
          // A name belongs to an id for good, as long as the service is there.
          if (known !== undefined) {
            catalog.handle({ ...event, type: 'DELETE', resourceType: 'SERVICE', resource: known });
          }
          catalog.handle({ ...event, type: 'CREATE', resourceType: 'SERVICE', resource });
        } else if (kind === 'delete' && known !== undefined) {
          services.delete(id);
          catalog.handle({ ...event, type: 'DELETE', resourceType: 'SERVICE', resource: known });
        } else if (kind === 'join' || kind === 'leave') {
          const resource = instanceRecord(tenant, serviceId, instanceId);
          const isThere = instances.get(tenant, serviceId, instanceId) !== undefined;
          if (isThere === (kind === 'join')) continue;
          if (kind === 'join') instances.replace(undefined, resource);
          else instances.replace(resource, undefined);
          const type = kind === 'join' ? 'CREATE' : 'DELETE';
          catalog.handle({ ...event, type, resourceType: 'INSTANCE', resource });
        }
      }
      for (const tenant of tenants) {
        for (const withShared of [false, true]) {
          const counted = [...services.values()].filter(
            ({ identity, value }) =>
              identity.tenant === tenant &&
              (withShared || !sharedServices.isSharedService(tenant, value)),
          );
          const nameOf = ({ value }: Service): string =>
            [value.environment, value.appId, value.serviceName].join('/');
          const countOf = ({ identity }: Service): number =>
            instances.countOf(tenant, identity.serviceId);
          const online = counted.filter((service) => countOf(service) > 0);
          expect(catalog.statistics(tenant, withShared)).toEqual({
            services: {
              count: new Set(counted.map(nameOf)).size,
              onlineCount: new Set(online.map(nameOf)).size,
            },
            instances: { count: counted.reduce((sum, service) => sum + countOf(service), 0) },
            apps: { count: new Set(counted.map(({ value }) => value.appId)).size },
          });
          const inEmpty = counted.filter(({ value }) => value.environment === '');
          expect(new Set(catalog.apps(tenant, '', withShared))).toEqual(
            new Set(inEmpty.map(({ value }) => value.appId)),
          );
        }
      }
    }),
  );
});
