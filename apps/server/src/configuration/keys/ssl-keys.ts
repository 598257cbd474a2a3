import { ConfigurationKey } from '../configuration-key.ts';
import { choice, flag, list, text } from '../value-type.ts';

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
    effect: 'later',
    meaning: 'The oldest version of TLS that is served.',
  }),
  clientMinVersion: new ConfigurationKey({
    name: 'ssl.client.minVersion',
    type: tlsVersion,
    default: 'TLSv1.2',
    effect: 'later',
    meaning: 'The oldest version of TLS towards others.',
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
    effect: 'later',
    meaning: 'The cipher suites that are served.',
  }),
  clientCiphers: new ConfigurationKey({
    name: 'ssl.client.ciphers',
    type: list,
    default: '',
    effect: 'later',
    meaning: 'The cipher suites towards others. Empty: as `ssl.ciphers`.',
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
