import { ServiceCenterError, silentLogger, type Tenant } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { TenantRecorder } from './tenant-recorder.ts';

const tenant: Tenant = { domain: 'd', project: 'p' };

describe('the tenant recorder', () => {
  it('writes a tenant once, and again after a failure', async () => {
    const written: Tenant[] = [];
    let isFailing = true;
    const recorder = new TenantRecorder({
      repository: {
        ensure: async (ensured) => {
          if (isFailing) throw new ServiceCenterError('unavailableBackend');
          written.push(ensured);
          return { position: { order: 1n, epoch: 'e', resume: '' } };
        },
      },
      logger: silentLogger,
    });

    recorder.ensure(tenant);
    await recorder.close();
    isFailing = false;
    recorder.ensure(tenant);
    recorder.ensure({ ...tenant });
    await recorder.close();

    expect(written).toEqual([tenant]);
  });
});
