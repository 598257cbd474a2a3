import type { StringMap } from './string-map.ts';

/** The states an instance can be in. Find answers carry instances of every state; clients choose. */
export const instanceStatuses = ['UP', 'DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE'] as const;

/** One of {@link instanceStatuses}. */
export type InstanceStatus = (typeof instanceStatuses)[number];

/**
 * A running process of a service (spec 01 §2.3). Every field is present, see {@link MicroService}.
 */
export interface MicroServiceInstance {
  readonly instanceId: string;
  readonly serviceId: string;
  /** Addresses, such as `rest://10.0.0.7:8080`. */
  readonly endpoints: readonly string[];
  readonly hostName: string;
  /** One of {@link instanceStatuses} in everything this registry writes. */
  readonly status: string;
  readonly properties: StringMap;
  readonly healthCheck: HealthCheck | undefined;
  /** Registration time, unix seconds. */
  readonly timestamp: string;
  readonly dataCenterInfo: DataCenterInfo | undefined;
  /** Time of the last change, unix seconds. */
  readonly modTimestamp: string;
  /** The version of the service. */
  readonly version: string;
}

/** How an instance proves that it is alive. */
export interface HealthCheck {
  /** `push`: the instance sends heartbeats; `pull`: a platform or sidecar sends them for it. */
  readonly mode: string;
  readonly port: number;
  /** Seconds between two heartbeats. */
  readonly interval: number;
  /** How many heartbeats may be missed. */
  readonly times: number;
  readonly url: string;
}

/** Where an instance runs. */
export interface DataCenterInfo {
  readonly name: string;
  readonly region: string;
  readonly availableZone: string;
}

/**
 * The time an instance lives without a heartbeat: `interval * (times + 1)` seconds (spec 02 §1.4).
 *
 * @returns undefined when the health check is missing or gives no positive time
 */
export function leaseSeconds(healthCheck: HealthCheck | undefined): number | undefined {
  if (healthCheck === undefined) return undefined;
  const seconds = healthCheck.interval * (healthCheck.times + 1);
  return seconds > 0 ? seconds : undefined;
}
