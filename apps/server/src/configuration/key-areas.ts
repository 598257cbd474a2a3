import type { AnyConfigurationKey } from './configuration-key.ts';
import {
  consoleKeys,
  identityKeys,
  logKeys,
  observabilityKeys,
  pushKeys,
  quotaKeys,
  registryKeys,
  replicationKeys,
  securityKeys,
  serverKeys,
  sslKeys,
  storeKeys,
} from './keys/index.ts';

/** Keys that belong together. */
export interface KeyArea {
  readonly title: string;
  readonly keys: readonly AnyConfigurationKey[];
}

/** Every key there is, in the order in which they are printed and documented. */
export function keyAreas(): readonly KeyArea[] {
  const areas: readonly (readonly [string, Readonly<Record<string, AnyConfigurationKey>>])[] = [
    ['Server', serverKeys],
    ['Registry', registryKeys],
    ['Push', pushKeys],
    ['Quotas', quotaKeys],
    ['Ids', identityKeys],
    ['Logs', logKeys],
    ['Metrics, tracing and policies', observabilityKeys],
    ['TLS', sslKeys],
    ['Access control and plugins', securityKeys],
    ['Other stores and discovery', storeKeys],
    ['Replication', replicationKeys],
    ['Web console', consoleKeys],
  ];
  return areas.map(([title, keys]) => ({ title, keys: Object.values(keys) }));
}
