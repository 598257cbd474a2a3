import { describe, expect, it } from 'vitest';

import { readRequestHeaders } from './request-headers.ts';

describe('readRequestHeaders', () => {
  it('finds the deciding headers in any letter case', () => {
    const headers = readRequestHeaders([
      'host',
      'h',
      'x-domain-name',
      'd',
      'X-TENANT-NAME',
      't',
      'X-ConsumerID',
      'c',
      'Origin',
      'http://o',
      'accept-Encoding',
      'gzip',
    ]);
    expect(headers).toEqual({
      domainName: 'd',
      tenantName: 't',
      consumerId: 'c',
      origin: 'http://o',
      acceptEncoding: 'gzip',
    });
  });

  it('says nothing of headers that are absent', () => {
    expect(Object.values(readRequestHeaders(['Host', 'h', 'X-Other-Name1', 'x']))).toEqual([
      '',
      '',
      '',
      '',
      '',
    ]);
  });

  it('takes the first of a repeated header', () => {
    const headers = readRequestHeaders(['X-Domain-Name', 'first', 'x-domain-name', 'second']);
    expect(headers.domainName).toBe('first');
  });

  it('reads names in UTF-8', () => {
    const onTheWire = Buffer.from('größe', 'utf8').toString('latin1');
    expect(readRequestHeaders(['X-Domain-Name', onTheWire]).domainName).toBe('größe');
  });
});
