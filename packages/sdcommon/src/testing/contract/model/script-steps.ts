import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { toStringMap, type StringMap } from '../../../model/string-map.ts';
import { sampleInstance } from '../../samples/sample-instance.ts';
import { sampleService } from '../../samples/sample-service.ts';
import type { BackendFeatures } from '../backend-harness.ts';
import { dependencySteps } from './dependency-steps.ts';
import { ruleSteps } from './rule-steps.ts';
import { instanceIds, schemaIds, serviceIds, tenants } from './script-names.ts';
import { callText, nothing, outcomeOf, scriptStep, type ScriptStep } from './script-step.ts';

const shares = fc.double({ min: 0, max: 0.999, noNaN: true });
const maps: fc.Arbitrary<StringMap> = fc
  .subarray(['__proto__', 'x', 'y'])
  .map((keys) => toStringMap(keys.map((key) => [key, '1'])));

/** Far longer than any script lasts. */
const longTtlSeconds = 1_000_000;

/** The steps that random scripts are made of. */
export function scriptSteps(features: BackendFeatures): fc.Arbitrary<ScriptStep>[] {
  return [
    ...serviceSteps(),
    ...memberSteps(),
    ...instanceSteps(features),
    ...ruleSteps(),
    ...dependencySteps(),
    ...followerSteps(features),
  ];
}

function serviceSteps(): fc.Arbitrary<ScriptStep>[] {
  const register = fc
    .record({
      tenant: tenants,
      serviceId: serviceIds,
      serviceName: fc.constantFrom('cart', 'price'),
      version: fc.constantFrom('1.0.0', '2.0.0'),
      alias: fc.constantFrom('', 'basket'),
      isIdRequested: fc.boolean(),
    })
    .map(({ tenant, isIdRequested, ...given }) =>
      scriptStep(
        callText('registerService', tenant, { isIdRequested, ...given }),
        async (model, { backend }) => {
          const service = sampleService(given);
          const outcome = await outcomeOf(
            backend.services.register({ tenant, service, isIdRequested }),
            ({ serviceId, isNew }) => ({ serviceId, isNew }),
          );
          assert.deepStrictEqual(outcome, model.registerService(tenant, service, isIdRequested));
        },
      ),
    );
  const updateProperties = fc.tuple(tenants, serviceIds, maps).map(([tenant, id, properties]) =>
    scriptStep(
      callText('updateServiceProperties', tenant, id, properties),
      async (model, { backend }) => {
        const call = backend.services.updateProperties(tenant, id, properties, '1700000001');
        const expected = model.updateServiceProperties(tenant, id, properties);
        assert.equal(await outcomeOf(call, nothing), expected);
      },
    ),
  );
  const remove = fc.tuple(tenants, serviceIds, fc.boolean()).map(([tenant, id, isCareful]) =>
    scriptStep(callText('deleteService', tenant, id, isCareful), async (model, { backend }) => {
      const call = backend.services.delete(tenant, id, isCareful);
      assert.equal(await outcomeOf(call, nothing), model.deleteService(tenant, id, isCareful));
    }),
  );
  return [register, register, updateProperties, remove];
}

function memberSteps(): fc.Arbitrary<ScriptStep>[] {
  const replaceTags = fc.tuple(tenants, serviceIds, maps).map(([tenant, id, tags]) =>
    scriptStep(callText('replaceTags', tenant, id, tags), async (model, { backend }) => {
      const call = backend.tags.replaceAll(tenant, id, tags);
      assert.equal(await outcomeOf(call, nothing), model.replaceTags(tenant, id, tags));
    }),
  );
  const deleteTag = fc
    .tuple(tenants, serviceIds, fc.constantFrom('x', 'y'))
    .map(([tenant, id, key]) =>
      scriptStep(callText('deleteTag', tenant, id, key), async (model, { backend }) => {
        const call = backend.tags.delete(tenant, id, [key]);
        assert.equal(await outcomeOf(call, nothing), model.deleteTag(tenant, id, key));
      }),
    );
  const putSchema = fc
    .tuple(tenants, serviceIds, schemaIds, fc.constantFrom('', 'digest'))
    .map(([tenant, id, schemaId, summary]) =>
      scriptStep(
        callText('putSchema', tenant, id, schemaId, summary),
        async (model, { backend }) => {
          const schema = { schemaId, summary, schema: 'text' };
          const call = backend.schemas.put(tenant, id, schema, 10);
          const expected = model.putSchema(tenant, id, schemaId, summary);
          assert.equal(await outcomeOf(call, nothing), expected);
        },
      ),
    );
  const deleteSchema = fc.tuple(tenants, serviceIds, schemaIds).map(([tenant, id, schemaId]) =>
    scriptStep(callText('deleteSchema', tenant, id, schemaId), async (model, { backend }) => {
      const call = backend.schemas.delete(tenant, id, schemaId);
      assert.equal(await outcomeOf(call, nothing), model.deleteSchema(tenant, id, schemaId));
    }),
  );
  const discardSchemas = tenants.map((tenant) =>
    scriptStep(callText('discardUnreferenced', tenant), async (model, { backend }) => {
      await backend.schemas.discardUnreferenced(tenant);
      for (const { serviceId, schemaId } of model.schemaKeys(tenant)) {
        const stored = await backend.schemas.get(tenant, serviceId, schemaId);
        assert.equal(stored?.schema, 'text');
      }
    }),
  );
  return [replaceTags, deleteTag, putSchema, deleteSchema, discardSchemas];
}

function instanceSteps({ minTtlSeconds }: BackendFeatures): fc.Arbitrary<ScriptStep>[] {
  const keys = fc.record({ tenant: tenants, serviceId: serviceIds, instanceId: instanceIds });
  const register = fc
    .tuple(keys, fc.boolean(), maps)
    .map(([{ tenant, serviceId, instanceId }, isShortLived, properties]) =>
      scriptStep(
        callText('registerInstance', tenant, serviceId, instanceId, isShortLived, properties),
        async (model, { backend }) => {
          const instance = sampleInstance({
            serviceId,
            instanceId,
            properties,
            hostName: isShortLived ? 'short-lived' : 'lasting',
          });
          const ttlSeconds = isShortLived ? minTtlSeconds : longTtlSeconds;
          const call = backend.instances.register({
            tenant,
            instance,
            ttlSeconds,
            isIdRequested: true,
          });
          const expected = model.registerInstance(tenant, instance, isShortLived);
          assert.equal(await outcomeOf(call, ({ outcome }) => outcome), expected);
        },
      ),
    );
  const changes = fc.oneof(
    fc.constantFrom('UP', 'DOWN').map((status) => ({ status })),
    maps.map((properties) => ({ properties })),
  );
  const update = fc.tuple(keys, changes).map(([key, change]) =>
    scriptStep(
      callText('updateInstance', key, change),
      async (model, { backend: { instances } }) => {
        const call =
          'status' in change
            ? instances.updateStatus(key, change.status, '1700000002')
            : instances.updateProperties(key, change.properties, '1700000002');
        const { tenant, serviceId, instanceId } = key;
        const expected = model.updateInstance(tenant, serviceId, instanceId, change);
        assert.equal(await outcomeOf(call, nothing), expected);
      },
    ),
  );
  const updateStatuses = fc
    .tuple(tenants, maps, fc.constantFrom('UP', 'DOWN'))
    .map(([tenant, properties, status]) =>
      scriptStep(
        callText('updateStatusWhere', tenant, properties, status),
        async (model, { backend }) => {
          await backend.instances.updateStatusWhere(tenant, properties, status);
          model.updateStatusWhere(tenant, properties, status);
        },
      ),
    );
  const unregister = keys.map((key) =>
    scriptStep(callText('unregister', key), async (model, { backend }) => {
      const call = backend.instances.unregister(key);
      const expected = model.unregister(key.tenant, key.serviceId, key.instanceId);
      assert.equal(await outcomeOf(call, nothing), expected);
    }),
  );
  const renew = keys.map((key) =>
    scriptStep(callText('renew', key), async (model, { backend }) => {
      const call = backend.instances.renew(key);
      const isThere = model.hasInstance(key.tenant, key.serviceId, key.instanceId);
      const expected = isThere ? true : 'instanceNotExists';
      assert.equal(await outcomeOf(call, ({ isConfirmed }) => isConfirmed), expected);
    }),
  );
  const expire = fc.constant(
    scriptStep('expire()', async (model, { store }) => {
      await store.outlive(minTtlSeconds);
      model.expire();
      const left = model.lines().filter((line) => line.startsWith('INSTANCE')).length;
      await store.untilStored('INSTANCE', left);
    }),
  );
  return [register, register, update, updateStatuses, unregister, renew, expire];
}

function followerSteps({ compacts }: BackendFeatures): fc.Arbitrary<ScriptStep>[] {
  const loseSession = shares.map((share) =>
    scriptStep(callText('loseSession', share), async (_model, script) => script.loseSession(share)),
  );
  const takePicture = fc.constant(
    scriptStep('takePicture()', async (_model, script) => script.takePicture()),
  );
  const comparePicture = shares.map((share) =>
    scriptStep(callText('comparePicture', share), async (_model, script) =>
      script.comparePicture(share),
    ),
  );
  const replay = shares.map((share) =>
    scriptStep(callText('replay', share), async (_model, script) => script.replay(share)),
  );
  const reopen = fc.constant(scriptStep('reopen()', async (_model, script) => script.reopen()));
  const compare = fc.constant(
    scriptStep('compare()', async (model, script) => script.compare(model)),
  );
  const compact = fc.constant(scriptStep('compact()', async (_model, script) => script.compact()));
  const always = [loseSession, takePicture, comparePicture, replay, reopen, compare];
  return compacts ? [...always, compact] : always;
}
