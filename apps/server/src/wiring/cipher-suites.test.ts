import { createSecureContext } from 'node:tls';

import { expect, it } from 'vitest';

import { findCipherSuites } from './cipher-suites.ts';

it.each([
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
  ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['ecdhe-rsa-aes256-gcm-sha384', 'ECDHE-RSA-AES256-GCM-SHA384'],
])('finds %s', (name, cipher) => {
  expect(findCipherSuites([name])).toEqual({ known: [cipher], unknown: [] });
  expect(() => createSecureContext({ ciphers: cipher })).not.toThrow();
});

it.each([
  'TLS_RSA_WITH_RC4_128_SHA',
  'TLS_PSK_WITH_AES_128_GCM_SHA256',
  'TLS_FALLBACK_SCSV',
  'DEFAULT@SECLEVEL=0',
  '!ECDHE-RSA-AES256-GCM-SHA384',
  'ALL',
])('does not know %s', (name) => {
  expect(findCipherSuites([name])).toEqual({ known: [], unknown: [name] });
});

it('keeps the order, and names each once', () => {
  const names = ['AES128-SHA256', 'x', 'TLS_AES_128_GCM_SHA256', 'TLS_RSA_WITH_AES_128_CBC_SHA256'];
  expect(findCipherSuites(names)).toEqual({
    known: ['AES128-SHA256', 'TLS_AES_128_GCM_SHA256'],
    unknown: ['x'],
  });
});
