import { defaultTenant, ServiceCenterError } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import type { RequestHeaders } from './request-headers.ts';
import { resolveTenant } from './tenant-resolution.ts';

const none: RequestHeaders = {
  domainName: '',
  tenantName: '',
  consumerId: '',
  origin: '',
  acceptEncoding: '',
};

describe('resolveTenant', () => {
  it('takes domain and project of v4 from header and path', () => {
    expect(resolveTenant('v4', { ...none, domainName: 'd' }, 'p')).toEqual({
      domain: 'd',
      project: 'p',
    });
    expect(resolveTenant('v4', none, 'default')).toBe(defaultTenant);
    expect(resolveTenant('v4', { ...none, tenantName: 't' }, 'p')).toEqual({
      domain: 'default',
      project: 'p',
    });
  });

  it('takes the domain of v3 from X-Tenant-Name first', () => {
    const headers = { ...none, domainName: 'd', tenantName: 't' };
    expect(resolveTenant('v3', headers, undefined)).toEqual({ domain: 't', project: 'default' });
    expect(resolveTenant('v3', { ...none, domainName: 'd' }, undefined).domain).toBe('d');
    expect(resolveTenant('v3', none, undefined)).toBe(defaultTenant);
  });

  it('does not look at headers where there is no tenant', () => {
    expect(resolveTenant('plain', { ...none, domainName: 'a b' }, undefined)).toBe(defaultTenant);
  });

  it.each([
    ['a/b', 'p'],
    ['a b', 'p'],
    ['.', 'p'],
    ['x'.repeat(161), 'p'],
    ['d', '..'],
    ['d', 'a\u0007'],
  ])('refuses %o / %o', (domainName, project) => {
    expect(() => resolveTenant('v4', { ...none, domainName }, project)).toThrow(ServiceCenterError);
  });
});
