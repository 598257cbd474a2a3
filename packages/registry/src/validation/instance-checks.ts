import type { DataCenterInfo, HealthCheck, MicroServiceInstance } from '@service-center/sdcommon';

import { check, required, type Checklist } from './checklist.ts';
import { patterns } from './pattern.ts';
import { instanceIdCheck, rules, serviceIdCheck } from './shared-checks.ts';

const maxInt32 = 2_147_483_647;

/** The checks of an instance that is to be registered. */
export const instanceChecks: Checklist<MicroServiceInstance> = [
  {
    field: 'MicroServiceInstance.InstanceId',
    rule: { max: 64, pattern: patterns.simpleNameOrNone },
    value: ({ instanceId }) => instanceId,
  },
  {
    field: 'MicroServiceInstance.ServiceId',
    rule: rules.serviceId,
    value: ({ serviceId }) => serviceId,
  },
  {
    field: 'MicroServiceInstance.Endpoints',
    rule: { pattern: patterns.nonBlank },
    value: ({ endpoints }) => endpoints,
  },
  {
    field: 'MicroServiceInstance.HostName',
    rule: { min: 1, max: 64, pattern: patterns.nonBlank },
    value: ({ hostName }) => hostName,
  },
  {
    field: 'MicroServiceInstance.Status',
    rule: { pattern: patterns.instanceStatus },
    value: ({ status }) => status,
  },
];

/** The checks of its health check, when it has one. */
export const healthCheckChecks: Checklist<HealthCheck> = [
  {
    field: 'HealthCheck.Mode',
    rule: { pattern: patterns.heartbeatMode },
    value: ({ mode }) => mode,
  },
  { field: 'HealthCheck.Port', rule: { max: 65_535 }, value: ({ port }) => port },
  {
    field: 'HealthCheck.Interval',
    rule: { min: 1, max: maxInt32 },
    value: ({ interval }) => interval,
  },
  { field: 'HealthCheck.Times', rule: { max: maxInt32 }, value: ({ times }) => times },
  { field: 'HealthCheck.Url', rule: { pattern: patterns.url }, value: ({ url }) => url },
];

const placeRule = { min: 1, max: 128, pattern: patterns.simpleName } as const;
/** The checks of its data center, when it names one. */
export const dataCenterChecks: Checklist<DataCenterInfo> = [
  { field: 'DataCenterInfo.Name', rule: placeRule, value: ({ name }) => name },
  { field: 'DataCenterInfo.Region', rule: placeRule, value: ({ region }) => region },
  {
    field: 'DataCenterInfo.AvailableZone',
    rule: placeRule,
    value: ({ availableZone }) => availableZone,
  },
];

/**
 * Checks an instance that is to be registered.
 *
 * @param serviceId - the service in the request's path; the one in the body does not count
 * @returns the instance as a part of that service
 * @throws ServiceCenterError `invalidParameters`
 */
export function checkInstance(
  serviceId: string,
  sent: MicroServiceInstance | undefined,
): MicroServiceInstance {
  const instance = { ...required('RegisterInstanceRequest.Instance', sent), serviceId };
  check(instanceChecks, instance);
  if (instance.healthCheck !== undefined) check(healthCheckChecks, instance.healthCheck);
  if (instance.dataCenterInfo !== undefined) check(dataCenterChecks, instance.dataCenterInfo);
  return instance;
}

/** Names an instance in a request. */
export interface InstanceAddress {
  readonly serviceId: string;
  readonly instanceId: string;
}

function addressChecks(request: string): Checklist<InstanceAddress> {
  return [serviceIdCheck(request), instanceIdCheck(request)];
}

/** The checks of a heartbeat. */
export const heartbeatChecks: Checklist<InstanceAddress> = addressChecks('HeartbeatRequest');

/** The checks of an unregistration. */
export const unregisterChecks: Checklist<InstanceAddress> = addressChecks(
  'UnregisterInstanceRequest',
);

/** The checks of replacing an instance's properties. */
export const updateInstancePropertiesChecks: Checklist<InstanceAddress> = addressChecks(
  'UpdateInstancePropsRequest',
);

/** The check of a change of status of many instances; the reference has none (spec 01 §4.7 #33). */
export const updateManyStatusChecks: Checklist<{ readonly status: string }> = [
  {
    field: 'UpdateManyInstanceStatusRequest.Status',
    rule: { pattern: patterns.instanceStatusRequired },
    value: ({ status }) => status,
  },
];

/** The checks of a change of status. */
export const updateStatusChecks: Checklist<InstanceAddress & { readonly status: string }> = [
  ...addressChecks('UpdateInstanceStatusRequest'),
  {
    field: 'UpdateInstanceStatusRequest.Status',
    rule: { pattern: patterns.instanceStatusRequired },
    value: ({ status }) => status,
  },
];
