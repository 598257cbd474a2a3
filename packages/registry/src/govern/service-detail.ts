import type { MicroService, ResourceRecord, Schema, StringMap } from '@service-center/sdcommon';

import type { Statistics } from './tenant-catalog.ts';

/** What a console may want to know of a service (spec 01 §2.3); what was not asked for is empty or undefined. */
export interface ServiceDetail {
  readonly service: ResourceRecord<'SERVICE'>;
  readonly instances: readonly ResourceRecord<'INSTANCE'>[];
  readonly schemas: readonly Schema[];
  readonly rules: readonly ResourceRecord<'RULE'>[];
  readonly providers: readonly ResourceRecord<'SERVICE'>[];
  readonly consumers: readonly ResourceRecord<'SERVICE'>[];
  readonly tags: StringMap;
  /** Every version of the service's name. */
  readonly versions: readonly string[];
  /** How many instances there are, in place of the instances; undefined when that was not asked for. */
  readonly counts: { readonly instances: number | undefined } | undefined;
}

/** The parts of a {@link ServiceDetail} that a list may be asked for. */
export type DetailPart = 'dependencies' | 'instances' | 'rules' | 'schemas' | 'tags';

/** Which services a list shows, and what of them (spec 01 §4.10 #42). */
export interface ServiceDetailQuery {
  readonly parts: ReadonlySet<DetailPart>;
  readonly withStatistics: boolean;
  /** Only the statistics are wanted. */
  readonly isStatisticsOnly: boolean;
  /** Count instances in place of listing them. */
  readonly countOnly: boolean;
  /** Show shared services too. */
  readonly withShared: boolean;
  /** Exact; `''` for any. */
  readonly environment: string;
  /** Exact; `''` for any. */
  readonly appId: string;
  /** Exact; `''` for any. */
  readonly serviceName: string;
  /** Which the service has to have, all of them. */
  readonly properties: readonly (readonly [string, string])[];
}

/** The answer to a {@link ServiceDetailQuery}. */
export interface ServiceDetails {
  readonly details: readonly ServiceDetail[];
  readonly statistics: Statistics | undefined;
}

/** Who depends on whom in a tenant (spec 05 §4.4). */
export interface RelationGraph {
  readonly services: readonly MicroService[];
  readonly lines: readonly { readonly from: MicroService; readonly to: MicroService }[];
}
