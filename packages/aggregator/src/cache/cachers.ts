import type { ResourceType } from '@service-center/sdcommon';

import { Cacher } from './cacher.ts';

/** One cacher for each type. */
export type Cachers = { readonly [K in ResourceType]: Cacher<K> };

/** Empty cachers for all types. */
export function createCachers(): Cachers {
  return {
    DOMAIN: new Cacher('DOMAIN'),
    PROJECT: new Cacher('PROJECT'),
    SERVICE: new Cacher('SERVICE'),
    SERVICE_INDEX: new Cacher('SERVICE_INDEX'),
    SERVICE_ALIAS: new Cacher('SERVICE_ALIAS'),
    SERVICE_TAG: new Cacher('SERVICE_TAG'),
    RULE: new Cacher('RULE'),
    RULE_INDEX: new Cacher('RULE_INDEX'),
    SCHEMA_REF: new Cacher('SCHEMA_REF'),
    SCHEMA_SUMMARY: new Cacher('SCHEMA_SUMMARY'),
    DEPENDENCY_RULE: new Cacher('DEPENDENCY_RULE'),
    DEPENDENCY_QUEUE: new Cacher('DEPENDENCY_QUEUE'),
    INSTANCE: new Cacher('INSTANCE'),
  };
}
