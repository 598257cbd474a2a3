import {
  leaseSeconds,
  ServiceCenterError,
  toStringMap,
  type HealthCheck,
  type MicroServiceInstance,
  type StringMap,
} from '@service-center/sdcommon';

import type { InstanceConfig } from '../registry-config.ts';

const maxLeaseSeconds = 2_147_483_647;
const defaultIntervalSeconds = 30;
const defaultTimes = 3;

/** An instance to register and how long it lives without a heartbeat. */
export interface CompletedInstance {
  readonly instance: MicroServiceInstance;
  readonly ttlSeconds: number;
}

/** Fills in what an instance gets from the registry (spec 01 §7, spec 04 §4.1). */
export class InstanceDefaults {
  readonly #config: InstanceConfig;
  readonly #configuredProperties: readonly (readonly [string, string])[];

  constructor(config: InstanceConfig) {
    this.#config = config;
    this.#configuredProperties = Object.entries(config.properties);
  }

  /**
   * Completes an instance that is to be registered.
   *
   * @param instance - with its ids
   * @param serviceVersion - the version of its service
   * @param now - unix seconds
   * @throws ServiceCenterError `invalidParameters` when its health check lets it live longer than a lease can
   */
  complete(instance: MicroServiceInstance, serviceVersion: string, now: string): CompletedInstance {
    const healthCheck = this.#healthCheck(instance.healthCheck);
    const requestedSeconds = leaseSeconds(healthCheck);
    if (requestedSeconds === undefined || requestedSeconds > maxLeaseSeconds) {
      throw new ServiceCenterError(
        'invalidParameters',
        "Invalid 'healthCheck' settings in request body.",
      );
    }
    return {
      instance: {
        ...instance,
        status: instance.status || 'UP',
        properties: this.properties(instance.properties),
        healthCheck,
        timestamp: now,
        modTimestamp: now,
        version: serviceVersion,
      },
      ttlSeconds: this.#config.ttlSeconds > 0 ? this.#config.ttlSeconds : requestedSeconds,
    };
  }

  /** The properties that are stored when the given ones are sent. */
  properties(sent: StringMap): StringMap {
    return toStringMap([...Object.entries(sent), ...this.#configuredProperties]);
  }

  /** Whether properties have everything that the configuration gives every instance. */
  hasConfigured(properties: StringMap): boolean {
    return this.#configuredProperties.every(
      ([key, value]) => Object.hasOwn(properties, key) && properties[key] === value,
    );
  }

  #healthCheck(sent: HealthCheck | undefined): HealthCheck {
    const base = sent ?? { mode: 'push', port: 0, interval: 0, times: 0, url: '' };
    if (sent === undefined || sent.mode === 'pull') {
      return { ...base, interval: defaultIntervalSeconds, times: defaultTimes };
    }
    return {
      ...base,
      interval: Math.max(base.interval, this.#config.minIntervalSeconds),
      times: Math.max(base.times, this.#config.minTimes),
    };
  }
}
