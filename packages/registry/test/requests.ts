import {
  emptyStringMap,
  toStringMap,
  type MicroService,
  type MicroServiceInstance,
  type MicroServiceKey,
  type StringMap,
  type Tenant,
} from '@service-center/sdcommon';

import type { FindParameters, RegisterServiceBody } from '../src/index.ts';

/** The tenant of most tests; not the one in which shared services live. */
export const tenant: Tenant = { domain: 'd1', project: 'p1' };

/** The scope of a plain request. */
export const scope: { readonly tenant: Tenant } = { tenant };

/** A service as a client sends it. */
export function service(fields: Partial<MicroService> = {}): MicroService {
  return {
    serviceId: '',
    appId: 'shop',
    serviceName: 'cart',
    version: '1.0.0',
    description: '',
    level: '',
    schemas: [],
    paths: [],
    status: '',
    properties: emptyStringMap,
    timestamp: '',
    providers: [],
    alias: '',
    LBStrategy: emptyStringMap,
    modTimestamp: '',
    environment: '',
    registerBy: '',
    framework: undefined,
    ...fields,
  };
}

/** A registration without extras. */
export function registration(
  fields: Partial<MicroService> = {},
  extras: Partial<RegisterServiceBody> = {},
): RegisterServiceBody {
  return { service: service(fields), tags: emptyStringMap, rules: [], instances: [], ...extras };
}

/** An instance as a client sends it. */
export function instance(fields: Partial<MicroServiceInstance> = {}): MicroServiceInstance {
  return {
    instanceId: '',
    serviceId: '',
    endpoints: ['rest://10.0.0.7:8080'],
    hostName: 'host-1',
    status: '',
    properties: emptyStringMap,
    healthCheck: undefined,
    timestamp: '',
    dataCenterInfo: undefined,
    modTimestamp: '',
    version: '',
    ...fields,
  };
}

/** A find as a client sends it. */
export function find(fields: Partial<FindParameters> = {}): FindParameters {
  return {
    tenant,
    targetTenant: fields.tenant ?? tenant,
    consumerId: '',
    environment: '',
    appId: 'shop',
    serviceName: 'cart',
    version: '',
    tags: '',
    ...fields,
  };
}

/** The name of a service as a client sends it in a dependency. */
export function key(fields: Partial<MicroServiceKey> = {}): MicroServiceKey {
  return {
    tenant: '',
    environment: '',
    appId: 'shop',
    serviceName: 'cart',
    alias: '',
    version: '',
    ...fields,
  };
}

/** A map of strings. */
export function map(entries: Record<string, string>): StringMap {
  return toStringMap(Object.entries(entries));
}
