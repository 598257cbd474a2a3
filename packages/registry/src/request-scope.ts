import type { Tenant } from '@service-center/sdcommon';

/** What every request says besides its own parameters (spec 01 §1.5 and §1.6). */
export interface RequestScope {
  /** Whose data it is about; made by {@link parseRequestTenant}, so it is valid. */
  readonly tenant: Tenant;
  /** Answer with what the store holds now, not with what has reached memory. Default false. */
  readonly noCache?: boolean;
  /** Ends waits when the client is gone. */
  readonly signal?: AbortSignal;
}
