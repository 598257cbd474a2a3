import {
  emptyStringMap,
  ServiceCenterError,
  type DataCenterInfo,
  type HealthCheck,
  type MicroServiceInstance,
} from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { check } from './checklist.ts';
import { checkInstance, heartbeatChecks } from './instance-checks.ts';

const smallest: MicroServiceInstance = {
  instanceId: '',
  serviceId: 'ignored',
  endpoints: [],
  hostName: 'h',
  status: '',
  properties: emptyStringMap,
  healthCheck: undefined,
  timestamp: '',
  dataCenterInfo: undefined,
  modTimestamp: '',
  version: '',
};

const push: HealthCheck = { mode: 'push', port: 0, interval: 1, times: 0, url: '' };
const place: DataCenterInfo = { name: 'n', region: 'r', availableZone: 'z' };

function healthCheck(fields: Partial<HealthCheck>): Partial<MicroServiceInstance> {
  return { healthCheck: { ...push, ...fields } };
}

function dataCenter(fields: Partial<DataCenterInfo>): Partial<MicroServiceInstance> {
  return { dataCenterInfo: { ...place, ...fields } };
}

function verdict(fields: Partial<MicroServiceInstance> | undefined, serviceId = 's'): string {
  try {
    checkInstance(serviceId, fields === undefined ? undefined : { ...smallest, ...fields });
    return 'ok';
  } catch (error) {
    if (!ServiceCenterError.is(error, 'invalidParameters')) throw error;
    return /^field '([^']*)'/.exec(error.detail)?.[1] ?? error.detail;
  }
}

describe('the checks of an instance', () => {
  it('make it a part of the service in the path', () => {
    expect(checkInstance('s', smallest).serviceId).toBe('s');
  });

  it.each<Partial<MicroServiceInstance>>([
    {},
    { instanceId: 'A_z.0-9' },
    { instanceId: 'i'.repeat(64) },
    { endpoints: ['rest://x', 'anything'] },
    { hostName: 'h'.repeat(64) },
    { hostName: 'é'.repeat(64) },
    { hostName: ' a ' },
    { status: 'TESTING' },
    healthCheck({}),
    healthCheck({ mode: 'pull', port: 65_535, interval: 2_147_483_647, times: 2_147_483_647 }),
    dataCenter({ name: 'n'.repeat(128) }),
  ])('accept %j', (fields) => {
    expect(verdict(fields)).toBe('ok');
  });

  it.each<[Partial<MicroServiceInstance> | undefined, string]>([
    [undefined, 'RegisterInstanceRequest.Instance'],
    [{ instanceId: 'i'.repeat(65) }, 'MicroServiceInstance.InstanceId'],
    [{ instanceId: 'a@b' }, 'MicroServiceInstance.InstanceId'],
    [{ endpoints: [''] }, 'MicroServiceInstance.Endpoints'],
    [{ endpoints: ['rest://x', ' \t'] }, 'MicroServiceInstance.Endpoints'],
    [{ hostName: '' }, 'MicroServiceInstance.HostName'],
    [{ hostName: '\t\n' }, 'MicroServiceInstance.HostName'],
    [{ hostName: 'h'.repeat(65) }, 'MicroServiceInstance.HostName'],
    [{ status: 'UPDOWN' }, 'MicroServiceInstance.Status'],
    [healthCheck({ mode: '' }), 'HealthCheck.Mode'],
    [healthCheck({ mode: 'poll' }), 'HealthCheck.Mode'],
    [healthCheck({ port: -1 }), 'HealthCheck.Port'],
    [healthCheck({ port: 65_536 }), 'HealthCheck.Port'],
    [healthCheck({ interval: 0 }), 'HealthCheck.Interval'],
    [healthCheck({ times: -1 }), 'HealthCheck.Times'],
    [healthCheck({ url: 'a b' }), 'HealthCheck.Url'],
    [dataCenter({ name: '' }), 'DataCenterInfo.Name'],
    [dataCenter({ region: 'r'.repeat(129) }), 'DataCenterInfo.Region'],
    [dataCenter({ availableZone: 'a b' }), 'DataCenterInfo.AvailableZone'],
  ])('refuse %j for %s', (fields, field) => {
    expect(verdict(fields)).toBe(field);
  });

  it.each(['', 's'.repeat(65), 'a b'])('refuse the serviceId %j', (serviceId) => {
    expect(verdict({}, serviceId)).toBe('MicroServiceInstance.ServiceId');
  });
});

describe('the checks of a heartbeat', () => {
  it.each([
    ['', 'i', 'HeartbeatRequest.ServiceId'],
    ['s', '', 'HeartbeatRequest.InstanceId'],
    ['s', 'i'.repeat(65), 'HeartbeatRequest.InstanceId'],
    ['s', '@', 'HeartbeatRequest.InstanceId'],
  ])('refuse %j and %j for %s', (serviceId, instanceId, field) => {
    expect(() => {
      check(heartbeatChecks, { serviceId, instanceId });
    }).toThrow(field);
  });
});
