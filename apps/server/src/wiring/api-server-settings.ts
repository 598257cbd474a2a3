import type { ApiServerConfig } from '@service-center/api-server';

import {
  observabilityKeys,
  registryKeys,
  serverKeys,
  type Configuration,
} from '../configuration/index.ts';
import { formatAuthority } from '../network/authority.ts';

const defaultMetricsIntervalMs = 30_000;
const defaultPingIntervalMs = 30_000;
const shortestPingIntervalMs = 1000;
const longestPingIntervalMs = 3_600_000;

/** What the configuration says to the HTTP server. */
export function apiServerSettings(configuration: Configuration): Partial<ApiServerConfig> {
  const metricsIntervalMs = configuration.get(observabilityKeys.metricsInterval);
  const pingIntervalMs = configuration.get(registryKeys.heartbeatPingInterval);
  const exporter = configuration.get(observabilityKeys.metricsExporter);
  return {
    instance: formatAuthority(
      configuration.get(serverKeys.host),
      configuration.get(serverKeys.port),
    ),
    maxBodyBytes: configuration.get(serverKeys.maxBodyBytes),
    maxHeaderBytes: configuration.get(serverKeys.maxHeaderBytes),
    readTimeoutMs: configuration.get(serverKeys.requestTimeout),
    readHeaderTimeoutMs: configuration.get(serverKeys.headerTimeout),
    writeTimeoutMs: configuration.get(serverKeys.responseTimeout),
    idleTimeoutMs: configuration.get(serverKeys.idleTimeout),
    heartbeatPingIntervalMs: isAcceptedPingInterval(pingIntervalMs)
      ? pingIntervalMs
      : defaultPingIntervalMs,
    metricsEnabled: configuration.get(observabilityKeys.metricsEnable) && exporter === 'prometheus',
    // What is not longer than a second counts as not configured (spec 05 §6.2).
    metricsIntervalMs: metricsIntervalMs <= 1000 ? defaultMetricsIntervalMs : metricsIntervalMs,
  };
}

/** Spec 04 §5.6. */
function isAcceptedPingInterval(ms: number): boolean {
  return ms >= shortestPingIntervalMs && ms <= longestPingIntervalMs;
}
