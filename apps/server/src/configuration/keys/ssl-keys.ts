import { ConfigurationKey } from '../configuration-key.ts';
import { choice, flag, list, optional, text } from '../value-type.ts';

const tlsVersion = choice('TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3');

/** TLS of the listener and of outgoing connections (spec 05 §2). */
export const sslKeys = {
  enable: new ConfigurationKey({
    name: 'ssl.enable',
    type: flag,
    default: 'false',
    aliases: ['ssl_mode'],
    formerNames: ['ssl.mode'],
    effect: 'later',
    meaning:
      'Serves HTTPS. Towards etcd TLS is used where an address begins with `https://`, whatever this says.',
  }),
  dir: new ConfigurationKey({
    name: 'ssl.dir',
    type: text,
    default: '',
    environment: 'SSL_ROOT',
    meaning:
      'The directory of `trust.cer` (whom to trust), `server.cer` and `server_key.pem` (the own certificate and key) and `cert_pwd` (the passphrase of the key). Empty: `etc/ssl` under the working directory. This version uses them towards etcd only; those that are missing are done without.',
  }),
  minVersion: new ConfigurationKey({
    name: 'ssl.minVersion',
    type: tlsVersion,
    default: 'TLSv1.2',
    aliases: ['ssl_min_version', 'ssl_protocols'],
    meaning:
      'The oldest version of TLS that is served. HTTPS is not served yet, so this matters towards etcd only, when `ssl.client.minVersion` is empty.',
  }),
  clientMinVersion: new ConfigurationKey({
    name: 'ssl.client.minVersion',
    type: optional(tlsVersion),
    default: '',
    meaning:
      'The oldest version of TLS towards etcd. Empty: as `ssl.minVersion`. What is older than TLSv1.2 counts as TLSv1.2, with a warning: neither this server nor etcd speaks it.',
  }),
  verifyClient: new ConfigurationKey({
    name: 'ssl.verifyClient',
    type: flag,
    default: '1',
    meaning:
      'Verifies certificates. In this version that of etcd: against `trust.cer`, whatever host it names, or without that file against the public authorities, with its host.',
  }),
  ciphers: new ConfigurationKey({
    name: 'ssl.ciphers',
    type: list,
    default: '',
    shipped:
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_GCM_SHA256',
    meaning:
      'The cipher suites that are served. HTTPS is not served yet, so they matter towards etcd only, when `ssl.client.ciphers` is empty.',
  }),
  clientCiphers: new ConfigurationKey({
    name: 'ssl.client.ciphers',
    type: list,
    default: '',
    meaning:
      'The cipher suites towards etcd, by their IANA or OpenSSL names. Empty: as `ssl.ciphers`, and when that is empty those of the runtime. Unknown ones are dropped with a warning. Those of TLS 1.3 are restricted only by a list that names some.',
  }),
  kind: new ConfigurationKey({
    name: 'ssl.kind',
    type: text,
    default: 'buildin',
    aliases: ['ssl_plugin'],
    effect: 'later',
    meaning: 'The plugin that makes the TLS settings.',
  }),
} as const;
