import { parseRequestTenant } from '@service-center/registry';
import { defaultTenant, type Tenant } from '@service-center/sdcommon';

import type { RouteForm } from '../routing/route.ts';
import type { RequestHeaders } from './request-headers.ts';

/**
 * Whose data a request is about (spec 01 §1.5, spec 00 decision 15).
 *
 * @param form - decides which headers count
 * @param project - the `:project` of a v4 path; undefined for routes without one
 * @throws ServiceCenterError `invalidParameters` when a name breaks the rules of names
 */
export function resolveTenant(
  form: RouteForm,
  headers: RequestHeaders,
  project: string | undefined,
): Tenant {
  switch (form) {
    case 'v4':
      return tenantOf(headers.domainName, project ?? defaultTenant.project);
    case 'v3':
      return tenantOf(
        headers.tenantName === '' ? headers.domainName : headers.tenantName,
        defaultTenant.project,
      );
    case 'plain':
      return defaultTenant;
  }
}

function tenantOf(domain: string, project: string): Tenant {
  const isDefaultDomain = domain === '' || domain === defaultTenant.domain;
  if (isDefaultDomain && project === defaultTenant.project) return defaultTenant;
  return parseRequestTenant(isDefaultDomain ? defaultTenant.domain : domain, project);
}
