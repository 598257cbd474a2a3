import { emptyStringMap, ServiceCenterError, type MicroService } from '@service-center/sdcommon';
import { sampleService } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { check } from './checklist.ts';
import { checkMicroService, existenceChecks } from './service-checks.ts';

const smallest = sampleService({
  serviceId: '',
  appId: 'default',
  serviceName: 's',
  version: '0.0.1',
});

function verdict(fields: Partial<MicroService>): string {
  try {
    checkMicroService({ ...smallest, ...fields }, 2);
    return 'ok';
  } catch (error) {
    if (!ServiceCenterError.is(error, 'invalidParameters')) throw error;
    return /^field '([^']*)'/.exec(error.detail)?.[1] ?? error.detail;
  }
}

const paths = (path: string): Partial<MicroService> => ({
  paths: [{ path, property: emptyStringMap }],
});

describe('the checks of a service', () => {
  it.each<Partial<MicroService>>([
    {},
    { serviceId: 'x'.repeat(64) },
    { serviceId: 'é'.repeat(64) },
    { serviceId: '@#%&-' },
    { appId: 'a'.repeat(160) },
    { appId: 'a_b-c.d' },
    { serviceName: 'n'.repeat(128) },
    { serviceName: 'C_x' },
    { version: '1' },
    { version: '01.0' },
    { version: '32767.32767.32767.32767' },
    { description: 'd'.repeat(256) },
    { description: '😀'.repeat(256) },
    { level: 'FRONT' },
    { schemas: ['a', 'b.c-d_e'] },
    { schemas: ['s'.repeat(160)] },
    { status: 'DOWN' },
    { alias: 'app:name' },
    { alias: 'a'.repeat(128) },
    { environment: 'production' },
    { environment: 'testingtesting' },
    { registerBy: 'SIDECAR' },
    { framework: { name: 'n'.repeat(64), version: 'any / thing' } },
    paths('/a/{b}?c=d'),
  ])('accept %j', (fields) => {
    expect(verdict(fields)).toBe('ok');
  });

  it.each<[Partial<MicroService>, string]>([
    [{ serviceId: 'x'.repeat(65) }, 'MicroService.ServiceId'],
    [{ serviceId: ' ' }, 'MicroService.ServiceId'],
    [{ serviceId: 'a\n' }, 'MicroService.ServiceId'],
    [{ serviceId: 'a/b' }, 'MicroService.ServiceId'],
    [{ serviceId: 'a\u0000b' }, 'MicroService.ServiceId'],
    [{ serviceId: 'a\u000bb' }, 'MicroService.ServiceId'],
    [{ appId: 'a'.repeat(161) }, 'MicroService.AppId'],
    [{ appId: '-a' }, 'MicroService.AppId'],
    [{ appId: 'é' }, 'MicroService.AppId'],
    [{ serviceName: '' }, 'MicroService.ServiceName'],
    [{ serviceName: 'n'.repeat(129) }, 'MicroService.ServiceName'],
    [{ serviceName: 'a:b' }, 'MicroService.ServiceName'],
    [{ serviceName: 'a\n' }, 'MicroService.ServiceName'],
    [{ version: '1.' }, 'MicroService.Version'],
    [{ version: '1.0.0.0.0' }, 'MicroService.Version'],
    [{ version: '1.32768.0' }, 'MicroService.Version'],
    [{ version: '1.0.0+' }, 'MicroService.Version'],
    [{ version: '1.0.0\n' }, 'MicroService.Version'],
    [{ version: '١' }, 'MicroService.Version'],
    [{ version: `1.${'0'.repeat(63)}` }, 'MicroService.Version'],
    [{ description: 'd'.repeat(257) }, 'MicroService.Description'],
    [{ description: '😀'.repeat(257) }, 'MicroService.Description'],
    [{ level: 'front' }, 'MicroService.Level'],
    [{ schemas: ['a', 'b', 'c'] }, 'MicroService.Schemas'],
    [{ schemas: ['s'.repeat(161)] }, 'MicroService.Schemas'],
    [{ schemas: [''] }, 'MicroService.Schemas'],
    [{ status: 'STARTING' }, 'MicroService.Status'],
    [{ alias: 'a b' }, 'MicroService.Alias'],
    [{ alias: 'a'.repeat(129) }, 'MicroService.Alias'],
    [{ environment: 'dev' }, 'MicroService.Environment'],
    [{ registerBy: 'sdk' }, 'MicroService.RegisterBy'],
    [{ registerBy: 'SDK'.repeat(22) }, 'MicroService.RegisterBy'],
    [{ framework: { name: 'n'.repeat(65), version: '' } }, 'FrameWork.Name'],
    [{ framework: { name: '', version: 'v'.repeat(65) } }, 'FrameWork.Version'],
    [paths('a b'), 'ServicePath.Path'],
  ])('refuse %j for %s', (fields, field) => {
    expect(verdict(fields)).toBe(field);
  });

  it('report the first field that is wrong', () => {
    expect(verdict({ version: 'x', serviceName: '', level: 'x' })).toBe('MicroService.ServiceName');
  });
});

describe('the checks of an existence query', () => {
  const query = { environment: '', appId: 'a', serviceName: 's', version: '1.0.0' };

  it.each(['1', 'latest', '1.0.0+', '1.0-2', '9'.repeat(4)])('accept the version %s', (version) => {
    expect(() => {
      check(existenceChecks, { ...query, version });
    }).not.toThrow();
  });

  it.each(['', ' ', '1.32768', '1.0+2', '1-', 'newest'])('refuse the version %j', (version) => {
    expect(() => {
      check(existenceChecks, { ...query, version });
    }).toThrow(/GetExistenceRequest\.Version/);
  });
});
