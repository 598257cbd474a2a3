import { ServiceCenterError, type Tenant } from '@service-center/sdcommon';

import { findViolation, type Rule } from './rule.ts';

// No slash, white space or control character: they would break out of a key, or hide in it.
const namePattern = /^(?!\.{1,2}$)[^\p{White_Space}\p{Cc}/]+$/u;

/** What the name of a domain or project has to satisfy (spec 00, decision 15). */
export const tenantNameRule = {
  min: 1,
  max: 160,
  pattern: {
    text: namePattern.source,
    expression: namePattern.source,
    test: (value) => namePattern.test(value),
  },
} as const satisfies Rule;

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
  if (findViolation(name, tenantNameRule) === undefined) return;
  throw new ServiceCenterError(
    'invalidParameters',
    `${part} '${name}' must have 1 to ${tenantNameRule.max} characters without '/', white space or control characters, and must not be '.' or '..'`,
  );
}
