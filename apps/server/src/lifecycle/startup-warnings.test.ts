import { describe, expect, it } from 'vitest';

import { loadConfiguration, type Configuration } from '../configuration/index.ts';
import { noticeStoreName, warnExposure, warnWithoutEffect } from './startup-warnings.ts';

function configurationOf(...set: readonly string[]): Configuration {
  return loadConfiguration({ flags: { set }, environment: {}, files: [], workingDirectory: '/' });
}

describe('keys without effect', () => {
  it('are named in one warning', () => {
    const configuration = configurationOf('server.turbo=true', 'rbac.scope=*', 'server.port=1');
    expect(warnWithoutEffect(configuration)).toBe(
      'configuration keys without effect in this version: server.turbo, rbac.scope',
    );
  });

  it('that ask for protection are called out', () => {
    expect(warnWithoutEffect(configurationOf('rbac.enable=true', 'ssl.enable=1'))).toMatch(
      /rbac\.enable; BEWARE: connections are not encrypted and requests are not authenticated$/,
    );
    expect(warnWithoutEffect(configurationOf('rbac.enable=false'))).not.toContain('BEWARE');
  });

  it('are not mentioned when none is set', () => {
    expect(warnWithoutEffect(configurationOf('server.port=1'))).toBeUndefined();
  });
});

describe('the name of the store', () => {
  it('is explained when it is that of another one', () => {
    expect(noticeStoreName(configurationOf('registry.kind=embeded_etcd'))).toContain(
      'is taken for embedded',
    );
    expect(noticeStoreName(configurationOf('registry.kind=embedded'))).toBeUndefined();
  });
});

describe('exposure', () => {
  it('is warned of with the way to close it', () => {
    expect(warnExposure('0.0.0.0', 30_100)).toContain('--host 127.0.0.1');
    expect(warnExposure('10.0.0.1', 30_100)).toContain('10.0.0.1:30100');
  });

  it('is none on the loopback address', () => {
    expect(warnExposure('127.0.0.1', 30_100)).toBeUndefined();
    expect(warnExposure('::1', 30_100)).toBeUndefined();
  });
});
