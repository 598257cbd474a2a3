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
  ['REGISTRY_PUSH_QUEUE_LIMIT', '7', 'subscriberQueueLimit', 7],
  [
    'REGISTRY_PUSH_LOG_MAX_CHANGES',
    '7',
    'eventLog',
    { ...defaultRegistryConfig.eventLog, maxChanges: 7 },
  ],
  [
    'REGISTRY_PUSH_LOG_MAX_BYTES',
    '70000',
    'eventLog',
    { ...defaultRegistryConfig.eventLog, maxBytes: 70_000 },
  ],
  [
    'REGISTRY_PUSH_TRACE_MINUTES',
    '0',
    'pushTrace',
    { ...defaultRegistryConfig.pushTrace, minutes: 0 },
  ],
  [
    'REGISTRY_PUSH_TRACE_MAX_BYTES',
    '70000',
    'pushTrace',
    { ...defaultRegistryConfig.pushTrace, maxBytes: 70_000 },
  ],
] as const)('passes on %s=%s', (variable, text, setting, value) => {
  const settings = (environment: Record<string, string>): unknown =>
    registrySettings(loadConfiguration({ flags: {}, environment, workingDirectory: tmpdir() }))[
      setting
    ];
  expect(settings({ [variable]: text })).toEqual(value);
  expect(settings({})).toEqual(defaultRegistryConfig[setting]);
});
