/** One answered request, for the access log (spec 01 §9). */
export interface AccessEntry {
  /** See {@link operatorIp}. */
  readonly remoteIp: string;
  /** When the request arrived, wall time in milliseconds. */
  readonly receivedMs: number;
  readonly method: string;
  readonly uri: string;
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
  readonly status: number;
  /** The announced length of the request body; -1 when it is unknown. */
  readonly requestBytes: number;
  readonly delayMs: number;
}
