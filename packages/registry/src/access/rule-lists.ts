import type {
  MicroService,
  ResourceRecord,
  ServiceRule,
  StringMap,
} from '@service-center/sdcommon';

import { LinearPattern } from './linear-pattern.ts';

type RuleRecord = ResourceRecord<'RULE'>;

const tagPrefix = 'tag_';

/** The fields of a consumer that a rule may look at (spec 04 §1.8). */
const fields: ReadonlyMap<string, (consumer: MicroService) => string> = new Map([
  ['ServiceId', ({ serviceId }: MicroService) => serviceId],
  ['AppId', ({ appId }: MicroService) => appId],
  ['ServiceName', ({ serviceName }: MicroService) => serviceName],
  ['Version', ({ version }: MicroService) => version],
  ['Description', ({ description }: MicroService) => description],
  ['Level', ({ level }: MicroService) => level],
  ['Status', ({ status }: MicroService) => status],
]);

/** Decides about consumers by black and white lists (spec 04 §1.8, spec 01 §10). */
export class RuleLists {
  /** A rule is compiled when it is first asked; a changed rule is another record. */
  readonly #patterns = new WeakMap<RuleRecord, LinearPattern>();

  /**
   * Whether a provider's list lets a consumer through: a white list needs a rule that matches, a black list none.
   *
   * @param rules - of the provider, in their order: the first one's type is the type of the list
   * @param tags - of the consumer
   */
  allows(rules: readonly RuleRecord[], consumer: MicroService, tags: StringMap): boolean {
    const [first] = rules;
    if (first === undefined) return true;
    const isMatched = rules.some((rule) => this.#matches(rule, consumer, tags));
    return first.value.ruleType === 'WHITE' ? isMatched : !isMatched;
  }

  #matches(record: RuleRecord, consumer: MicroService, tags: StringMap): boolean {
    const value = attributeValue(record.value, consumer, tags);
    if (value === '') return false;
    let pattern = this.#patterns.get(record);
    if (pattern === undefined) {
      pattern = new LinearPattern(record.value.pattern);
      this.#patterns.set(record, pattern);
    }
    return pattern.occursIn(value);
  }
}

function attributeValue(
  { attribute }: ServiceRule,
  consumer: MicroService,
  tags: StringMap,
): string {
  if (attribute.startsWith(tagPrefix)) return tags[attribute.slice(tagPrefix.length)] ?? '';
  return fields.get(attribute)?.(consumer) ?? '';
}
