/** One instance in a heartbeat set, or in a batch find (spec 01 §2.3). */
export interface HeartbeatSetElement {
  readonly serviceId: string;
  readonly instanceId: string;
}

/** What became of one heartbeat of a set. */
export interface InstanceHeartbeatResult {
  readonly serviceId: string;
  readonly instanceId: string;
  /** `''` when the heartbeat counted. */
  readonly errMessage: string;
}
