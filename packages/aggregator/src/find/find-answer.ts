/** Which services a find request selects. */
export interface Resolution {
  /** Newest version first; all of the tenant that the request was looked up under. */
  readonly serviceIds: readonly string[];
  /**
   * Whether services come and go in the selection while their instances stay as they are: tags or permissions took some
   * away, only the latest version counts, or they were found by an alias. Two such selections may have as many instances and the same newest
   * revision, since one transaction can change instances of both.
   */
  readonly isFiltered: boolean;
}

/**
 * The answer to every find request that selects the same services, ready to send. It stays as it is when the caches
 * move on; {@link FindAnswer.isCurrent} then turns false.
 */
export interface FindAnswer {
  /** The value of `X-Resource-Revision`: 40 hexadecimal digits that differ whenever the bytes differ. */
  readonly revision: string;
  /** `{"instances":[...]}`, or `{}` without instances. Not to be written to. */
  readonly body: Buffer;
  /** The services selected, newest version first. */
  readonly serviceIds: readonly string[];
  /** How many instances the body has. */
  readonly count: number;
  /** Whether no change has touched the answer. Who kept it need not look it up again while this is true. */
  readonly isCurrent: boolean;
  /** The compressed body, when somebody asked for it before. */
  readonly gzipBody: Buffer | undefined;
  /** The body compressed with gzip, made once, when first asked for, off the event loop. */
  gzip(): Promise<Buffer>;
}
