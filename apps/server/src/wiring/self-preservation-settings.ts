import type { SelfPreservationOptions } from '@service-center/aggregator';

import { registryKeys, type Configuration } from '../configuration/index.ts';

/** What the configuration says about holding back a mass disappearance of instances. */
export function selfPreservationSettings(configuration: Configuration): SelfPreservationOptions {
  return {
    percentage: configuration.get(registryKeys.preservationPercent),
    minimumPopulation: configuration.get(registryKeys.preservationPopulation),
    windowMs: configuration.get(registryKeys.preservationWindow),
    maxProtectionMs: configuration.get(registryKeys.preservationMaximum),
  };
}
