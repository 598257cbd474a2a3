import type { MicroService } from '@service-center/sdcommon';

/**
 * Whether a consumer may use a provider: both belong to one application, or the provider allows others in; and both
 * live in one environment, unless the provider is a shared service (spec 04 §1.8).
 */
export function isAccessible(
  consumer: MicroService,
  provider: MicroService,
  isSharedProvider: boolean,
): boolean {
  return (
    (consumer.appId === provider.appId || allowsCrossApp(provider)) &&
    (consumer.environment === provider.environment || isSharedProvider)
  );
}

/**
 * What of a consumer decides which providers it may use: two consumers with equal scopes get equal answers, and share
 * them in the find cache.
 */
export function accessScope(consumer: MicroService): string {
  return `${consumer.environment}/${consumer.appId}`;
}

function allowsCrossApp(provider: MicroService): boolean {
  const { allowCrossApp } = provider.properties;
  return allowCrossApp !== undefined && allowCrossApp.toLowerCase() === 'true';
}
