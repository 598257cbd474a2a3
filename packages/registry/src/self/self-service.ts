import { createHash } from 'node:crypto';

import {
  emptyStringMap,
  toStringMap,
  type MicroService,
  type MicroServiceInstance,
} from '@service-center/sdcommon';

import type { SelfConfig } from '../registry-config.ts';
import { defaultAppId, serviceCenterName } from '../service/shared-services.ts';

/** The health check of a server's own instance: a heartbeat every 30 s, three may be missed (spec 04 §4.7). */
export const selfHealthCheck = { mode: 'push', port: 0, interval: 30, times: 3, url: '' } as const;

/**
 * The service under which servers of one version register (spec 01 §7).
 *
 * @param version - the product's version
 * @param now - unix seconds
 */
export function selfService(config: SelfConfig, version: string, now: string): MicroService {
  return {
    serviceId: '',
    appId: defaultAppId,
    serviceName: serviceCenterName,
    version,
    description: '',
    level: 'BACK',
    schemas: [],
    paths: [],
    status: 'UP',
    properties: toStringMap([['allowCrossApp', 'true']]),
    timestamp: now,
    providers: [],
    alias: serviceCenterName,
    LBStrategy: emptyStringMap,
    modTimestamp: now,
    environment: config.environment,
    registerBy: '',
    framework: undefined,
  };
}

/** What a server's own instance is made from. */
export interface SelfInstanceOptions {
  readonly config: SelfConfig;
  readonly serviceId: string;
  readonly version: string;
  readonly endpoints: readonly string[];
  /** Identifies the store. */
  readonly epoch: string;
  /** Unix seconds. */
  readonly now: string;
}

/** A server's own instance. Its id follows from the store and the address, so a restart replaces it (spec 00, decision 21). */
export function selfInstance(options: SelfInstanceOptions): MicroServiceInstance {
  const { config, serviceId, version, endpoints, epoch, now } = options;
  return {
    instanceId: createHash('sha256')
      .update([epoch, ...endpoints].join('\n'))
      .digest('hex')
      .slice(0, 32),
    serviceId,
    endpoints,
    hostName: config.hostName,
    status: 'UP',
    properties: emptyStringMap,
    healthCheck: selfHealthCheck,
    timestamp: now,
    dataCenterInfo: config.dataCenterInfo,
    modTimestamp: now,
    version,
  };
}
