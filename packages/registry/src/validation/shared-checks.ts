import type { Check } from './checklist.ts';
import { patterns } from './pattern.ts';
import type { Rule } from './rule.ts';

/** Rules that several kinds of requests share (spec 01 §6). */
export const rules = {
  serviceId: { min: 1, max: 64, pattern: patterns.id },
  consumerId: { max: 64, pattern: patterns.id },
  instanceId: { min: 1, max: 64, pattern: patterns.simpleNameOrNone },
  schemaId: { min: 1, max: 160, pattern: patterns.schemaId },
  environment: { pattern: patterns.environment },
  appId: { min: 1, max: 160, pattern: patterns.name },
  nameToFind: { min: 1, max: 289, pattern: patterns.nameToFind },
  versionRule: { min: 1, max: 129, pattern: patterns.versionRule },
  tag: { pattern: patterns.tag },
} as const satisfies Record<string, Rule>;

/** The check of the serviceId that a request of the given name carries. */
export function serviceIdCheck(request: string): Check<{ readonly serviceId: string }> {
  return {
    field: `${request}.ServiceId`,
    rule: rules.serviceId,
    value: ({ serviceId }) => serviceId,
  };
}

/** The check of the instanceId that a request of the given name carries. */
export function instanceIdCheck(request: string): Check<{ readonly instanceId: string }> {
  return {
    field: `${request}.InstanceId`,
    rule: rules.instanceId,
    value: ({ instanceId }) => instanceId,
  };
}
