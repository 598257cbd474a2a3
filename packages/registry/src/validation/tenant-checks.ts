import { ServiceCenterError, type Tenant } from '@service-center/sdcommon';

const maxLength = 160;
// No slash, white space or control character: they would break out of a key, or hide in it.
const namePattern = /^[^\p{White_Space}\p{Cc}/]+$/u;

/**
 * Checks the names of the tenant that a request is for (spec 00, decision 15).
 *
 * @throws ServiceCenterError `invalidParameters`
 */
export function parseRequestTenant(domain: string, project: string): Tenant {
  checkName('domain', domain);
  checkName('project', project);
  return { domain, project };
}

function checkName(part: 'domain' | 'project', name: string): void {
  const isValid =
    name !== '.' && name !== '..' && Array.from(name).length <= maxLength && namePattern.test(name);
  if (isValid) return;
  throw new ServiceCenterError(
    'invalidParameters',
    `${part} '${name}' must have 1 to ${maxLength} characters without '/', white space or control characters, and must not be '.' or '..'`,
  );
}
