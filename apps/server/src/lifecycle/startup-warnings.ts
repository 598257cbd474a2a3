import { registryKeys, type Configuration } from '../configuration/index.ts';
import { formatAuthority, isLoopback } from '../network/authority.ts';

/** Keys whose value asks for a protection; that it is not there has to be said in as many words. */
const protections: ReadonlyMap<string, string> = new Map([
  ['rbac.enable', 'requests are not authenticated'],
  ['ssl.enable', 'connections are not encrypted'],
]);

/** The one warning about keys that are set and have no effect; undefined when there are none. */
export function warnWithoutEffect(configuration: Configuration): string | undefined {
  const settings = configuration.settingsWithoutEffect;
  if (settings.length === 0) return undefined;
  const missing = settings.flatMap(({ key, text }) => {
    const consequence = protections.get(key.name);
    const isAskedFor = key.parse(text)?.value === true;
    return consequence !== undefined && isAskedFor ? [consequence] : [];
  });
  const names = settings.map(({ key }) => key.name).join(', ');
  const consequences = missing.length === 0 ? '' : `; BEWARE: ${missing.join(' and ')}`;
  return `configuration keys without effect in this version: ${names}${consequences}`;
}

/** What is said when `registry.kind` names the embedded store by the name of another one; else undefined. */
export function noticeStoreName(configuration: Configuration): string | undefined {
  const kind = configuration.get(registryKeys.kind);
  if (kind !== 'embedded_etcd' && kind !== 'embeded_etcd') return undefined;
  return `registry.kind ${kind} (${configuration.originOf(registryKeys.kind)}) is taken for embedded: the server keeps the data itself, without an etcd inside`;
}

/**
 * What is said when others than this machine reach a server without access control; else undefined.
 *
 * @param address - the address that was bound
 */
export function warnExposure(address: string, port: number): string | undefined {
  if (isLoopback(address)) return undefined;
  return `everybody who reaches ${formatAuthority(address, port)} can read and change the registry: this version has no access control. To close it, listen on this machine only (--host 127.0.0.1), or let only trusted hosts through to port ${port} with a firewall or an authenticating proxy`;
}
