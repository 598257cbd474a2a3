import { ConfigurationKey } from '../configuration-key.ts';
import { choice, integer } from '../value-type.ts';

const limit = integer(0, 2_147_483_647);

/** How much may be registered (spec 05 §6.3, spec 04 §6). */
export const quotaKeys = {
  kind: new ConfigurationKey({
    name: 'quota.kind',
    type: choice('buildin', 'unlimit'),
    default: 'buildin',
    aliases: ['quota_plugin'],
    meaning: '`unlimit` switches all quotas off.',
  }),
  service: new ConfigurationKey({
    name: 'quota.cap.service.limit',
    type: limit,
    default: '50000',
    environment: 'QUOTA_SERVICE',
    formerNames: ['quota.cap.service'],
    meaning: 'Services of a tenant.',
  }),
  instance: new ConfigurationKey({
    name: 'quota.cap.instance.limit',
    type: limit,
    default: '150000',
    environment: 'QUOTA_INSTANCE',
    formerNames: ['quota.cap.instance'],
    meaning: 'Instances of a tenant.',
  }),
  schema: new ConfigurationKey({
    name: 'quota.cap.schema.limit',
    type: limit,
    default: '100',
    environment: 'QUOTA_SCHEMA',
    formerNames: ['quota.cap.schema'],
    meaning: 'Contracts of a service.',
  }),
  tag: new ConfigurationKey({
    name: 'quota.cap.tag.limit',
    type: limit,
    default: '100',
    environment: 'QUOTA_TAG',
    formerNames: ['quota.cap.tag'],
    meaning: 'Tags of a service.',
  }),
  rule: new ConfigurationKey({
    name: 'quota.cap.rule.limit',
    type: limit,
    default: '100',
    environment: 'QUOTA_RULE',
    formerNames: ['quota.cap.rule'],
    meaning: 'Black and white list rules of a service.',
  }),
  account: new ConfigurationKey({
    name: 'quota.cap.account.limit',
    type: limit,
    default: '1000',
    environment: 'QUOTA_ACCOUNT',
    formerNames: ['quota.cap.account'],
    effect: 'later',
    meaning: 'Accounts.',
  }),
  role: new ConfigurationKey({
    name: 'quota.cap.role.limit',
    type: limit,
    default: '100',
    environment: 'QUOTA_ROLE',
    formerNames: ['quota.cap.role'],
    effect: 'later',
    meaning: 'Roles.',
  }),
} as const;
