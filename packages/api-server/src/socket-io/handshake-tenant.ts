import { parseRequestTenant } from '@service-center/registry';
import {
  defaultTenant,
  ServiceCenterError,
  type RegistryHandshake,
  type Tenant,
} from '@service-center/sdcommon';

/**
 * Reads from the `auth` of a handshake whose data a client wants: {@link RegistryHandshake}.
 *
 * @param auth - as the client sent it
 * @throws ServiceCenterError `invalidParameters` when a name breaks the rules of names
 */
export function readHandshakeTenant(auth: unknown): Tenant {
  if (typeof auth !== 'object' || auth === null) return defaultTenant;
  const { domain, project } = defaultTenant;
  return parseRequestTenant(textOf(auth, 'domain', domain), textOf(auth, 'project', project));
}

function textOf(auth: object, name: keyof RegistryHandshake, absent: string): string {
  const value: unknown = Reflect.get(auth, name);
  if (value === undefined || value === null) return absent;
  if (typeof value === 'string') return value;
  throw new ServiceCenterError('invalidParameters', `auth.${name} must be a text`);
}
