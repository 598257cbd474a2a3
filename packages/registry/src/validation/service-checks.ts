import { ServiceCenterError, type FrameWork, type MicroService } from '@service-center/sdcommon';

import { check, type Check, type Checklist } from './checklist.ts';
import { patterns } from './pattern.ts';
import type { Rule } from './rule.ts';
import { rules, serviceIdCheck } from './shared-checks.ts';

// What would end up inside a key of the store (spec 00, decision 10).
const unsafeInServiceId = /[/\p{Cc}]/u;

/** The checks of a service that is to be registered, defaults filled in. */
export function microServiceChecks(schemaQuota: number): Checklist<MicroService> {
  return [
    {
      field: 'MicroService.ServiceId',
      rule: { max: 64, pattern: patterns.id },
      value: ({ serviceId }) => serviceId,
    },
    {
      field: 'MicroService.AppId',
      rule: { max: 160, pattern: patterns.name },
      value: ({ appId }) => appId,
    },
    {
      field: 'MicroService.ServiceName',
      rule: { min: 1, max: 128, pattern: patterns.name },
      value: ({ serviceName }) => serviceName,
    },
    {
      field: 'MicroService.Version',
      rule: { max: 64, pattern: patterns.version },
      value: ({ version }) => version,
    },
    {
      field: 'MicroService.Description',
      rule: { max: 256 },
      value: ({ description }) => description,
    },
    {
      field: 'MicroService.Level',
      rule: { pattern: patterns.level },
      value: ({ level }) => level,
    },
    {
      field: 'MicroService.Schemas',
      rule: { max: schemaQuota, pattern: patterns.schemaIdAtRegistration },
      value: ({ schemas }) => schemas,
    },
    {
      field: 'ServicePath.Path',
      rule: { pattern: patterns.path },
      value: ({ paths }) => paths.map(({ path }) => path),
    },
    {
      field: 'MicroService.Status',
      rule: { pattern: patterns.serviceStatus },
      value: ({ status }) => status,
    },
    {
      field: 'MicroService.Alias',
      rule: { max: 128, pattern: patterns.alias },
      value: ({ alias }) => alias,
    },
    {
      field: 'MicroService.Environment',
      rule: rules.environment,
      value: ({ environment }) => environment,
    },
    {
      field: 'MicroService.RegisterBy',
      rule: { max: 64, pattern: patterns.registerBy },
      value: ({ registerBy }) => registerBy,
    },
  ];
}

/** The checks of its framework, when it names one. */
export const frameWorkChecks: Checklist<FrameWork> = [
  {
    field: 'FrameWork.Name',
    rule: { max: 64, pattern: patterns.name },
    value: ({ name }) => name,
  },
  { field: 'FrameWork.Version', rule: { max: 64 }, value: ({ version }) => version },
];

/**
 * Checks a service that is to be registered.
 *
 * @param service - defaults filled in
 * @param schemaQuota - how many schemas a service may name
 * @throws ServiceCenterError `invalidParameters`
 */
export function checkMicroService(service: MicroService, schemaQuota: number): void {
  check(microServiceChecks(schemaQuota), service);
  if (unsafeInServiceId.test(service.serviceId)) {
    throw new ServiceCenterError(
      'invalidParameters',
      `field 'MicroService.ServiceId' invalid value '${service.serviceId}' must not contain '/' or control characters`,
    );
  }
  if (service.framework !== undefined) check(frameWorkChecks, service.framework);
}

/** Which version of which service somebody asks for. */
export interface ServiceExistenceQuery {
  readonly environment: string;
  readonly appId: string;
  /** A name or an alias. */
  readonly serviceName: string;
  /** A version, or where the configuration allows it a rule: the newest match counts. */
  readonly version: string;
}

const existenceNameChecks: Checklist<ServiceExistenceQuery> = [
  {
    field: 'GetExistenceRequest.Environment',
    rule: rules.environment,
    value: ({ environment }) => environment,
  },
  { field: 'GetExistenceRequest.AppId', rule: rules.appId, value: ({ appId }) => appId },
  {
    field: 'GetExistenceRequest.ServiceName',
    rule: rules.nameToFind,
    value: ({ serviceName }) => serviceName,
  },
];

function existenceVersionCheck(rule: Rule): Check<ServiceExistenceQuery> {
  return { field: 'GetExistenceRequest.Version', rule, value: ({ version }) => version };
}

/** The checks of an existence query; version rules are accepted (spec 00, decision 2). */
export const existenceChecks: Checklist<ServiceExistenceQuery> = [
  ...existenceNameChecks,
  existenceVersionCheck(rules.versionRule),
];

/** The checks of an existence query of 2.x, which takes an exact version (spec 01 §6). */
export const exactExistenceChecks: Checklist<ServiceExistenceQuery> = [
  ...existenceNameChecks,
  existenceVersionCheck({ min: 1, max: 64, pattern: patterns.version }),
];

/** The checks of a deletion of several services. */
export const deleteServicesChecks: Checklist<readonly string[]> = [
  {
    field: 'DelServicesRequest.ServiceIds',
    rule: { min: 1, pattern: patterns.idInBatch },
    value: (serviceIds) => serviceIds,
  },
];

/** The checks of reading one service. */
export const getServiceChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('GetServiceRequest'),
];

/** The checks of replacing a service's properties. */
export const updateServicePropertiesChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('UpdateServicePropsRequest'),
];

/** The checks of a deletion of one service. */
export const deleteServiceChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('DeleteServiceRequest'),
];
