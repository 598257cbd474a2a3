import type { ServiceRule } from '../model/service-rule.ts';
import type { FieldReader } from './field-reader.ts';
import { JsonWriter } from './json-writer.ts';

/** Reads a {@link ServiceRule}. @throws JsonShapeError */
export function readServiceRule(fields: FieldReader): ServiceRule {
  return {
    ruleId: fields.text('ruleId'),
    ruleType: fields.text('ruleType'),
    attribute: fields.text('attribute'),
    pattern: fields.text('pattern'),
    description: fields.text('description'),
    timestamp: fields.text('timestamp'),
    modTimestamp: fields.text('modTimestamp'),
  };
}

/** Encodes a {@link ServiceRule}. */
export function encodeServiceRule(rule: ServiceRule): string {
  return new JsonWriter()
    .text('ruleId', rule.ruleId)
    .text('ruleType', rule.ruleType)
    .text('attribute', rule.attribute)
    .text('pattern', rule.pattern)
    .text('description', rule.description)
    .text('timestamp', rule.timestamp)
    .text('modTimestamp', rule.modTimestamp)
    .end();
}
