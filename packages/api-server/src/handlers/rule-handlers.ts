import type { RuleLifecycle, SentRule } from '@service-center/registry';
import { JsonWriter, type FieldReader } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply } from '../reply/reply.ts';
import { pathParameter } from '../request/request-context.ts';
import { encodedList } from './encoded-list.ts';
import { decodeBody } from './request-body.ts';

/** Black and white lists of services (spec 01 §4.5). */
export function createRuleHandlers(
  rules: RuleLifecycle,
): Pick<Handlers, 'AddRule' | 'DeleteRule' | 'GetRules' | 'UpdateRule'> {
  return {
    AddRule: async (context, body) => {
      const sent = decodeBody(body, (fields) => fields.structList('rules', readSentRule));
      const ruleIds = await rules.add(context, pathParameter(context, 'serviceId'), sent);
      return jsonReply(new JsonWriter().textList('RuleIds', ruleIds).end());
    },

    GetRules: async (context) =>
      jsonReply(
        encodedList('rules', await rules.list(context, pathParameter(context, 'serviceId'))),
      ),

    UpdateRule: async (context, body) => {
      const rule = decodeBody(body, readSentRule);
      const serviceId = pathParameter(context, 'serviceId');
      await rules.update(context, serviceId, pathParameter(context, 'rule_id'), rule);
      return emptyReply;
    },

    DeleteRule: async (context) => {
      const serviceId = pathParameter(context, 'serviceId');
      await rules.delete(context, serviceId, pathParameter(context, 'rule_id'));
      return emptyReply;
    },
  };
}

/** Reads a rule as a client sends it. @throws JsonShapeError */
export function readSentRule(fields: FieldReader): SentRule {
  return {
    ruleType: fields.text('ruleType'),
    attribute: fields.text('attribute'),
    pattern: fields.text('pattern'),
    description: fields.text('description'),
  };
}
