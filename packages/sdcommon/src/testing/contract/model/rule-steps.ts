import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import type { ServiceRule } from '../../../model/service-rule.ts';
import { sampleRule } from '../../samples/sample-rule.ts';
import { addRules, deleteRules, updateRule } from './rule-model.ts';
import { ruleIds, serviceIds, tenants } from './script-names.ts';
import { callText, nothing, outcomeOf, scriptStep, type ScriptStep } from './script-step.ts';

const quota = 3;
const rules: fc.Arbitrary<ServiceRule> = fc
  .record({
    ruleId: ruleIds,
    // Mostly of one type, or nearly every step would be refused.
    ruleType: fc.constantFrom('WHITE', 'WHITE', 'WHITE', 'BLACK'),
    attribute: fc.constantFrom('AppId', 'tag_a'),
    pattern: fc.constantFrom('x', 'y/z'),
    timestamp: fc.constantFrom('1700000020', '1700000030'),
  })
  .map(sampleRule);
const services = fc.record({ tenant: tenants, serviceId: serviceIds });

/** The steps of random scripts that change black and white lists. */
export function ruleSteps(): fc.Arbitrary<ScriptStep>[] {
  const add = fc
    .tuple(services, fc.uniqueArray(rules, { maxLength: 3, selector: ({ ruleId }) => ruleId }))
    .map(([{ tenant, serviceId }, added]) =>
      scriptStep(callText('addRules', tenant, serviceId, added), async (model, { backend }) => {
        // Ids are new by contract: those that are taken are left out.
        const before = model.rulesOf(tenant, serviceId);
        const fresh = added.filter((rule) => !before.some(({ ruleId }) => ruleId === rule.ruleId));
        const error = model.editRules(tenant, serviceId, (known) => addRules(known, fresh, quota));
        const call = backend.rules.add(tenant, serviceId, fresh, quota);
        const outcome = await outcomeOf(call, ({ ruleIds: ids }) => ids);
        const after = model.rulesOf(tenant, serviceId).slice(before.length);
        assert.deepStrictEqual(outcome, error ?? after.map(({ ruleId }) => ruleId));
      }),
    );
  const update = fc.tuple(services, rules).map(([{ tenant, serviceId }, rule]) =>
    scriptStep(callText('updateRule', tenant, serviceId, rule), async (model, { backend }) => {
      const { ruleId, timestamp: _, ...change } = rule;
      const call = backend.rules.update(tenant, serviceId, ruleId, change);
      const expected = model.editRules(tenant, serviceId, (known) => updateRule(known, rule));
      assert.equal(await outcomeOf(call, nothing), expected);
    }),
  );
  const remove = fc
    .tuple(services, fc.uniqueArray(ruleIds, { minLength: 1, maxLength: 2 }))
    .map(([{ tenant, serviceId }, ids]) =>
      scriptStep(callText('deleteRules', tenant, serviceId, ids), async (model, { backend }) => {
        const call = backend.rules.delete(tenant, serviceId, ids);
        const expected = model.editRules(tenant, serviceId, (known) => deleteRules(known, ids));
        assert.equal(await outcomeOf(call, nothing), expected);
      }),
    );
  return [add, add, update, remove];
}
