import { tmpdir } from 'node:os';
import { defaultRegistryConfig } from '@service-center/registry';
import { expect, it } from 'vitest';

import { loadConfiguration } from '../configuration/index.ts';
import { registrySettings } from './registry-settings.ts';

it.each([
  ['REGISTRY_EXISTENCE_VERSION_RULE', 'refuse', 'existenceVersionRule', 'refuse'],
  ['REGISTRY_INSTANCE_REREGISTRATION', 'renew', 'reregistration', 'renew'],
  [
    'REGISTRY_DEPENDENCY_PROVIDER_VERSION',
    'any',
    'dependency',
    { providerVersion: 'any', wildcard: true },
  ],
  [
    'REGISTRY_DEPENDENCY_WILDCARD',
    'false',
    'dependency',
    { providerVersion: 'keep', wildcard: false },
  ],
  ['REGISTRY_RULE_ENABLE', 'false', 'rulesEnabled', false],
  ['REGISTRY_WATCH_EXPIRE', 'false', 'watchExpire', false],
] as const)('passes on %s=%s', (variable, text, setting, value) => {
  const settings = (environment: Record<string, string>): unknown =>
    registrySettings(loadConfiguration({ flags: {}, environment, workingDirectory: tmpdir() }))[
      setting
    ];
  expect(settings({ [variable]: text })).toEqual(value);
  expect(settings({})).toEqual(defaultRegistryConfig[setting]);
});
