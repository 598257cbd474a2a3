import { hostname } from 'node:os';

import type { JobsConfig, RegistryConfig } from '@service-center/registry';
import { defaultRegistryConfig } from '@service-center/registry';
import { toStringMap, type DataCenterInfo } from '@service-center/sdcommon';

import {
  identityKeys,
  pushKeys,
  quotaKeys,
  registryKeys,
  serverKeys,
  storeKeys,
  type Configuration,
} from '../configuration/index.ts';

const shortestQueueIntervalMs = 300_000;
const shortestClearMs = 30_000;
const hourMs = 3_600_000;

/** What the configuration says to the business rules. */
export function registrySettings(configuration: Configuration): RegistryConfig {
  return {
    ...defaultRegistryConfig,
    findVersionRule: configuration.get(registryKeys.findVersionRule),
    existenceVersionRule: configuration.get(registryKeys.existenceVersionRule),
    reregistration: configuration.get(registryKeys.instanceReregistration),
    rulesEnabled: configuration.get(registryKeys.ruleEnable),
    watchExpire: configuration.get(registryKeys.watchExpire),
    sharedServices: configuration.get(registryKeys.globalVisible),
    serviceIdKind: configuration.get(identityKeys.uuidKind),
    quota: {
      kind: configuration.get(quotaKeys.kind),
      service: configuration.get(quotaKeys.service),
      instance: configuration.get(quotaKeys.instance),
      schema: configuration.get(quotaKeys.schema),
      tag: configuration.get(quotaKeys.tag),
      rule: configuration.get(quotaKeys.rule),
    },
    instance: {
      ttlSeconds: configuration.get(registryKeys.instanceTtl),
      minIntervalSeconds: Math.ceil(configuration.get(registryKeys.instanceMinInterval) / 1000),
      minTimes: configuration.get(registryKeys.instanceMinTimes),
      properties: toStringMap(Object.entries(configuration.get(registryKeys.instanceProperties))),
    },
    schema: {
      disable: configuration.get(registryKeys.schemaDisable),
      editable: configuration.get(registryKeys.schemaEditable),
    },
    dependency: {
      providerVersion: configuration.get(registryKeys.dependencyProviderVersion),
      wildcard: configuration.get(registryKeys.dependencyWildcard),
    },
    jobs: jobSettings(configuration),
    self: {
      register: configuration.get(registryKeys.selfRegister),
      environment:
        configuration.get(serverKeys.environment) === 'dev' ? 'development' : 'production',
      hostName: hostname(),
      dataCenterInfo: dataCenterOf(configuration),
    },
    subscriberQueueLimit: configuration.get(pushKeys.queueLimit),
    eventLog: {
      maxChanges: configuration.get(pushKeys.logMaxChanges),
      maxBytes: configuration.get(pushKeys.logMaxBytes),
    },
    pushTrace: {
      minutes: configuration.get(pushKeys.traceMinutes),
      maxBytes: configuration.get(pushKeys.traceMaxBytes),
    },
    clusterName: configuration.get(storeKeys.clusterName),
    dependencyQueueIntervalMs: Math.max(
      shortestQueueIntervalMs,
      configuration.get(registryKeys.cacheTtl),
    ),
  };
}

function jobSettings(configuration: Configuration): JobsConfig {
  const intervalMs = configuration.get(registryKeys.serviceClearInterval);
  const ttlMs = configuration.get(registryKeys.serviceClearTtl);
  const isRetiring = !configuration.get(registryKeys.serviceRetireDisable);
  const isClearing = configuration.get(registryKeys.serviceClearEnable);
  return {
    retireServices: isRetiring
      ? {
          cron: configuration.get(registryKeys.serviceRetireCron),
          reserve: configuration.get(registryKeys.serviceRetireReserve),
        }
      : undefined,
    retireSchemas: { cron: configuration.get(registryKeys.schemaRetireCron) },
    // What is out of bounds counts as the default (spec 04 §8).
    clearServices: isClearing
      ? {
          intervalMs:
            intervalMs < shortestClearMs || intervalMs > 24 * hourMs ? 12 * hourMs : intervalMs,
          ttlMs: ttlMs < shortestClearMs ? 24 * hourMs : ttlMs,
        }
      : undefined,
  };
}

/** Counts only when all three parts are given (spec 05 §6.2). */
function dataCenterOf(configuration: Configuration): DataCenterInfo | undefined {
  const name = configuration.get(registryKeys.datacenterName);
  const region = configuration.get(registryKeys.datacenterRegion);
  const availableZone = configuration.get(registryKeys.datacenterZone);
  if (name === '' || region === '' || availableZone === '') return undefined;
  return { name, region, availableZone };
}
