import { ServiceCenterError } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { parseRequestTenant } from './tenant-checks.ts';

describe('the tenant of a request', () => {
  it.each(['default', 'd', 'd'.repeat(160), '😀'.repeat(160), 'a.b', '...', 'é', '*'])(
    'may be called %s',
    (name) => {
      expect(parseRequestTenant(name, 'p')).toEqual({ domain: name, project: 'p' });
      expect(parseRequestTenant('d', name)).toEqual({ domain: 'd', project: name });
    },
  );

  it.each(['', '.', '..', 'a/b', 'a b', 'a\tb', 'a\u00a0b', 'a\u0000', 'a\u0085', 'd'.repeat(161)])(
    'may not be called %j',
    (name) => {
      expect(() => parseRequestTenant(name, 'p')).toThrow(ServiceCenterError);
      expect(() => parseRequestTenant('d', name)).toThrow(ServiceCenterError);
    },
  );
});
