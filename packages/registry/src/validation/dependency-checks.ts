import {
  anyService,
  ServiceCenterError,
  type ConsumerDependency,
  type MicroServiceKey,
} from '@service-center/sdcommon';

import { check, invalidField, required, type Checklist } from './checklist.ts';
import { patterns, type Pattern } from './pattern.ts';
import { rules, serviceIdCheck } from './shared-checks.ts';

/** How many dependencies one request may declare. */
export const maxDependencies = 100;

/** The checks of who depends, in a declared dependency. */
export const consumerChecks: Checklist<MicroServiceKey> = [
  {
    field: 'MicroServiceKey.Environment',
    rule: rules.environment,
    value: ({ environment }) => environment,
  },
  { field: 'MicroServiceKey.AppId', rule: rules.appId, value: ({ appId }) => appId },
  {
    field: 'MicroServiceKey.ServiceName',
    rule: { min: 1, max: 128, pattern: patterns.name },
    value: ({ serviceName }) => serviceName,
  },
  {
    field: 'MicroServiceKey.Version',
    rule: { min: 1, max: 64, pattern: patterns.version },
    value: ({ version }) => version,
  },
];

/** The checks of what is depended on, in a declared dependency. */
export const providerChecks: Checklist<MicroServiceKey> = providerChecksWith(patterns.nameOrAny);

/** The same where the provider `*` is refused, as in 2.x. */
export const namedProviderChecks: Checklist<MicroServiceKey> = providerChecksWith(patterns.name);

function providerChecksWith(serviceName: Pattern): Checklist<MicroServiceKey> {
  return [
    {
      field: 'MicroServiceKey.Environment',
      rule: rules.environment,
      value: ({ environment }) => environment,
    },
    {
      field: 'MicroServiceKey.AppId',
      rule: { max: 160, pattern: patterns.name },
      value: ({ appId }) => appId,
    },
    {
      field: 'MicroServiceKey.ServiceName',
      rule: { min: 1, max: 128, pattern: serviceName },
      value: (key) => key.serviceName,
    },
    {
      field: 'MicroServiceKey.Version',
      rule: { max: 128, pattern: patterns.dependencyVersion },
      value: ({ version }) => version,
    },
  ];
}

/** A declared dependency whose consumer is known to be there. */
export interface CheckedDependency {
  readonly consumer: MicroServiceKey;
  /** Without what follows a wildcard, which covers it (spec 04 §2.4). */
  readonly providers: readonly MicroServiceKey[];
}

/**
 * Checks declared dependencies (spec 04 §2.3).
 *
 * @param mode - `add` needs at least one provider in each entry, `override` clears with none
 * @param checks - those of each provider: {@link providerChecks} or {@link namedProviderChecks}
 * @throws ServiceCenterError `invalidParameters`
 */
export function checkDependencies(
  dependencies: readonly ConsumerDependency[],
  mode: 'add' | 'override',
  checks: Checklist<MicroServiceKey>,
): readonly CheckedDependency[] {
  const request = mode === 'add' ? 'AddDependenciesRequest' : 'CreateDependenciesRequest';
  checkCount(`${request}.Dependencies`, dependencies.length, { min: 1, max: maxDependencies });
  return dependencies.map((dependency) => {
    const consumer = required('ConsumerDependency.Consumer', dependency.consumer);
    check(consumerChecks, consumer);
    if (mode === 'add') {
      checkCount('ConsumerDependency.Providers', dependency.providers.length, { min: 1 });
    }
    return { consumer, providers: checkProviders(consumer, dependency.providers, checks) };
  });
}

/** The checks of listing a service's providers or consumers. */
export const getDependenciesChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('GetDependenciesRequest'),
];

function checkProviders(
  consumer: MicroServiceKey,
  providers: readonly MicroServiceKey[],
  checks: Checklist<MicroServiceKey>,
): readonly MicroServiceKey[] {
  const checked: MicroServiceKey[] = [];
  const names = new Set<string>();
  for (const provider of providers) {
    check(checks, provider);
    checked.push(provider);
    if (provider.serviceName === anyService) break;
    const appId = provider.appId === '' ? consumer.appId : provider.appId;
    names.add([provider.environment, appId, provider.serviceName].join('/'));
    if (names.size < checked.length) {
      throw new ServiceCenterError(
        'invalidParameters',
        'Invalid request body for provider info.Duplicate provider or (serviceName and appId is same).',
      );
    }
  }
  return checked;
}

function checkCount(
  field: string,
  count: number,
  rule: { readonly min: number; readonly max?: number },
): void {
  if (count >= rule.min && (rule.max === undefined || count <= rule.max)) return;
  throw invalidField(field, count === 0 ? '[]' : `[${count} entries]`, rule);
}
