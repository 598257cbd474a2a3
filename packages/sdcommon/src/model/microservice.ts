import type { StringMap } from './string-map.ts';

/**
 * A registered service: one version of one name in one environment of one application (spec 01 §2.3).
 *
 * Every field is present: what a client or a store left out is `''`, an empty list, an empty map or `undefined`, and
 * is left out again when the value is encoded.
 */
export interface MicroService {
  readonly serviceId: string;
  readonly appId: string;
  readonly serviceName: string;
  /** One to four numbers, such as `1.2.0`. */
  readonly version: string;
  readonly description: string;
  /** `FRONT`, `MIDDLE` or `BACK`. */
  readonly level: string;
  /** The ids of the service's contracts. */
  readonly schemas: readonly string[];
  readonly paths: readonly ServicePath[];
  /** `UP` or `DOWN`. */
  readonly status: string;
  readonly properties: StringMap;
  /** Creation time, unix seconds. */
  readonly timestamp: string;
  readonly providers: readonly MicroServiceKey[];
  /** A second name under which consumers may find the service; `''` for none. */
  readonly alias: string;
  readonly LBStrategy: StringMap;
  /** Time of the last change, unix seconds. */
  readonly modTimestamp: string;
  /** `''`, `development`, `testing`, `acceptance` or `production`. */
  readonly environment: string;
  /** `SDK`, `SIDECAR`, `PLATFORM` or `''`. */
  readonly registerBy: string;
  readonly framework: FrameWork | undefined;
}

/** A URL path that a service serves. */
export interface ServicePath {
  readonly path: string;
  readonly property: StringMap;
}

/** The framework a service was written with. */
export interface FrameWork {
  readonly name: string;
  readonly version: string;
}

/** The name of a service, as dependencies, find requests and watch events carry it (spec 01 §2.3). */
export interface MicroServiceKey {
  /** `domain/project`. */
  readonly tenant: string;
  readonly environment: string;
  readonly appId: string;
  readonly serviceName: string;
  readonly alias: string;
  /** An exact version, or a version rule where the key names a provider. */
  readonly version: string;
}
