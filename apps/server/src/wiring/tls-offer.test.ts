import { tmpdir } from 'node:os';

import { silentLogger } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import { loadConfiguration } from '../configuration/index.ts';
import { tlsOffer, type TlsOffer } from './tls-offer.ts';

const suite = 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384';

function read(...set: readonly string[]): {
  readonly offer: TlsOffer;
  readonly warnings: readonly string[];
} {
  const configuration = loadConfiguration({
    flags: { set },
    environment: {},
    files: [],
    workingDirectory: tmpdir(),
  });
  const warnings: string[] = [];
  const warn = (_: object, message: string): void => {
    warnings.push(message);
  };
  return { offer: tlsOffer(configuration, { ...silentLogger, warn }), warnings };
}

it('is TLS 1.2 with the cipher suites of the runtime unless more is configured', () => {
  expect(read()).toEqual({ offer: { minVersion: 'TLSv1.2' }, warnings: [] });
});

it('is what is served where nothing else is said', () => {
  const served = ['ssl.minVersion=TLSv1.3', `ssl.ciphers=${suite}`];
  expect(read(...served).offer).toEqual({
    minVersion: 'TLSv1.3',
    ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'],
  });
  const own = ['ssl.client.minVersion=TLSv1.2', 'ssl.client.ciphers=TLS_AES_128_GCM_SHA256'];
  expect(read(...served, ...own).offer).toEqual({
    minVersion: 'TLSv1.2',
    ciphers: ['TLS_AES_128_GCM_SHA256'],
  });
});

it('drops unknown cipher suites, with a warning', () => {
  expect(read(`ssl.client.ciphers=TLS_FOO,${suite}, BAR`)).toEqual({
    offer: { minVersion: 'TLSv1.2', ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] },
    warnings: ['ssl.client.ciphers: unknown cipher suites are dropped: TLS_FOO, BAR'],
  });
});

it.each(['ssl.ciphers', 'ssl.client.ciphers'])(
  'is refused when %s has only unknown ones',
  (key) => {
    expect(() => read(`${key}=TLS_FOO`)).toThrow(
      `${key} (flag --set ${key}) is "TLS_FOO"; it must name at least one cipher suite`,
    );
  },
);

it.each([
  ['ssl.minVersion', 'TLSv1.0'],
  ['ssl.client.minVersion', 'TLSv1.1'],
])('warns that %s=%s is not spoken', (key, version) => {
  expect(read(`${key}=${version}`)).toEqual({
    offer: { minVersion: 'TLSv1.2' },
    warnings: [`${key} is ${version}, which this server does not speak; TLSv1.2 is the oldest`],
  });
});
