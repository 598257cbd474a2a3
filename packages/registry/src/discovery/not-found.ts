import { ServiceCenterError, type MicroService } from '@service-center/sdcommon';

import type { ServiceName } from '../service/provider-lookup.ts';

/** The error of a request in the name of a consumer that is not registered. */
export function consumerMissing(consumerId: string): ServiceCenterError {
  return new ServiceCenterError('serviceNotExists', `Consumer[${consumerId}] does not exist.`);
}

/** The error of a request for a provider id that is not registered. */
export function providerMissing(serviceId: string): ServiceCenterError {
  return new ServiceCenterError('serviceNotExists', `Provider[${serviceId}] does not exist.`);
}

/** The error of a find for a name that nobody has. */
export function providerNameMissing(
  consumer: MicroService | undefined,
  name: ServiceName,
): ServiceCenterError {
  const { environment, appId, serviceName } = name;
  const flag = consumer === undefined ? `Consumer[][${environment}///]` : consumerFlag(consumer);
  return new ServiceCenterError(
    'serviceNotExists',
    `${flag} find provider[${environment}/${appId}/${serviceName}] failed, provider does not exist`,
  );
}

/** The error of a list of instances whose provider is filtered out. */
export function instancesMissing(
  consumer: MicroService | undefined,
  provider: MicroService,
): ServiceCenterError {
  return new ServiceCenterError(
    'serviceNotExists',
    `${consumerFlag(consumer)} find ${providerFlag(provider)} instances failed, provider instance does not exist`,
  );
}

/** The error of reading an instance that is not there, or whose provider is filtered out. */
export function instanceMissing(
  consumer: MicroService | undefined,
  provider: MicroService,
  instanceId: string,
): ServiceCenterError {
  return new ServiceCenterError(
    'instanceNotExists',
    `${consumerFlag(consumer)} find ${providerFlag(provider)} instance[${instanceId}] failed, provider instance does not exist`,
  );
}

function consumerFlag(consumer: MicroService | undefined): string {
  if (consumer === undefined) return 'Consumer[][///]';
  return `Consumer[${consumer.serviceId}]${nameFlag(consumer)}`;
}

function providerFlag(provider: MicroService): string {
  return `provider[${provider.serviceId}]${nameFlag(provider)}`;
}

function nameFlag({ environment, appId, serviceName, version }: MicroService): string {
  return `[${environment}/${appId}/${serviceName}/${version}]`;
}
