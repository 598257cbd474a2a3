import type { Checklist } from './checklist.ts';
import { instanceIdCheck, rules } from './shared-checks.ts';

/** The part of a find that is checked by rule; the version has a rule of its own (spec 00, decision 7). */
export interface FindQuery {
  readonly consumerId: string;
  readonly environment: string;
  readonly appId: string;
  readonly serviceName: string;
  readonly tags: readonly string[];
}

/** The checks of a find. */
export const findChecks: Checklist<FindQuery> = [
  {
    field: 'FindInstancesRequest.ConsumerServiceId',
    rule: rules.consumerId,
    value: ({ consumerId }) => consumerId,
  },
  {
    field: 'FindInstancesRequest.Environment',
    rule: rules.environment,
    value: ({ environment }) => environment,
  },
  { field: 'FindInstancesRequest.AppId', rule: rules.appId, value: ({ appId }) => appId },
  {
    field: 'FindInstancesRequest.ServiceName',
    rule: rules.nameToFind,
    value: ({ serviceName }) => serviceName,
  },
  { field: 'FindInstancesRequest.Tags', rule: rules.tag, value: ({ tags }) => tags },
];

/** The check of a find's version rule, made when the rule is applied. */
export const findVersionChecks: Checklist<string> = [
  {
    field: 'FindInstancesRequest.VersionRule',
    rule: rules.versionRule,
    value: (version) => version,
  },
];

/** A provider's instances, asked for by its id. */
export interface ProviderQuery {
  readonly consumerId: string;
  readonly serviceId: string;
  readonly tags: readonly string[];
}

function providerChecks(request: string): Checklist<ProviderQuery> {
  return [
    {
      field: `${request}.ConsumerServiceId`,
      rule: rules.consumerId,
      value: ({ consumerId }) => consumerId,
    },
    {
      field: `${request}.ProviderServiceId`,
      rule: rules.serviceId,
      value: ({ serviceId }) => serviceId,
    },
    { field: `${request}.Tags`, rule: rules.tag, value: ({ tags }) => tags },
  ];
}

/** The checks of listing a provider's instances. */
export const listInstancesChecks: Checklist<ProviderQuery> = providerChecks('GetInstancesRequest');

/** The checks of reading one instance of a provider. */
export const getInstanceChecks: Checklist<ProviderQuery & { readonly instanceId: string }> = [
  ...providerChecks('GetOneInstanceRequest'),
  {
    ...instanceIdCheck('GetOneInstanceRequest'),
    field: 'GetOneInstanceRequest.ProviderInstanceId',
  },
];
