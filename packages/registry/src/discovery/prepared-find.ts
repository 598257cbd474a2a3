import type { FindAnswer } from '@service-center/aggregator';
import type { ResourceRecord, StringMap, Tenant, VersionRule } from '@service-center/sdcommon';

import type { ServiceName } from '../service/provider-lookup.ts';

/** What a find asks for once it is checked. */
export interface PreparedFindOptions {
  readonly tenant: Tenant;
  readonly consumerId: string;
  /** The provider as far as the request names it; the consumer's environment wins. */
  readonly name: ServiceName;
  readonly isShared: boolean;
  readonly rule: VersionRule;
  readonly tagKeys: readonly string[];
  /** Equal for requests that differ in nothing but the provider's name and the consumer. */
  readonly selectionId: string;
}

/** The part of a find that depends on its consumer, kept as long as the consumer's record is the same. */
export interface FindBinding {
  readonly consumer: ResourceRecord<'SERVICE'> | undefined;
  readonly name: ServiceName;
  /** Names the request within its provider's part of the find cache, while no provider has a list. */
  readonly requestKey: string;
}

/**
 * A checked find that can be answered again and again; keep it beside the raw request it was made from. It remembers
 * its last answer, so a repeated request costs a few comparisons. Made by {@link Discovery.prepare}.
 */
export class PreparedFind {
  readonly tenant: Tenant;
  readonly consumerId: string;
  readonly name: ServiceName;
  readonly isShared: boolean;
  readonly rule: VersionRule;
  readonly tagKeys: readonly string[];
  readonly selectionId: string;
  /** Set and read by {@link Discovery} only. */
  binding: FindBinding | undefined;
  /**
   * The consumer's tags at the last answer, when a provider's list may have looked at them. Set and read by
   * {@link Discovery} only.
   */
  listedTags: StringMap | undefined;
  // Not held: thousands of finds are kept beside their requests, most of them for answers long overtaken, and an answer
  // of a thousand instances is 300 KB. The find cache holds those that are current.
  #lastAnswer: WeakRef<FindAnswer> | undefined;

  constructor(options: PreparedFindOptions) {
    this.tenant = options.tenant;
    this.consumerId = options.consumerId;
    this.name = options.name;
    this.isShared = options.isShared;
    this.rule = options.rule;
    this.tagKeys = options.tagKeys;
    this.selectionId = options.selectionId;
  }

  /** The last answer, while somebody else holds it. Set and read by {@link Discovery} only. */
  get lastAnswer(): FindAnswer | undefined {
    return this.#lastAnswer?.deref();
  }

  set lastAnswer(answer: FindAnswer | undefined) {
    this.#lastAnswer = answer === undefined ? undefined : new WeakRef(answer);
  }
}
