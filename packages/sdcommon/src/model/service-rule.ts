/** An entry of a service's black or white list (spec 04 §3.7). */
export interface ServiceRule {
  readonly ruleId: string;
  /** `WHITE` or `BLACK`; all rules of a service have the same. */
  readonly ruleType: string;
  /** A field of the consumer, or `tag_` and the name of one of its tags. */
  readonly attribute: string;
  /** An unanchored regular expression. */
  readonly pattern: string;
  readonly description: string;
  readonly timestamp: string;
  readonly modTimestamp: string;
}
