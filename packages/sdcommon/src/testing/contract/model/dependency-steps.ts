import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import type { QueuedDependency } from '../../../backend/dependency-repository.ts';
import { anyService, anyVersion } from '../../../model/dependency.ts';
import type { MicroServiceKey } from '../../../model/microservice.ts';
import { formatTenant, type Tenant } from '../../../model/tenant.ts';
import { serviceIds, tenants } from './script-names.ts';
import { callText, nothing, outcomeOf, scriptStep, type ScriptStep } from './script-step.ts';

const providers = fc.array(
  fc.oneof(
    fc.record({
      serviceName: fc.constantFrom('cart', 'price', 'basket', 'unknown'),
      version: fc.constantFrom(anyVersion, '1.0.0'),
    }),
    fc.constant({ serviceName: anyService, version: '' }),
  ),
  { maxLength: 3 },
);

/** Steps that change what services depend on. */
export function dependencySteps(): fc.Arbitrary<ScriptStep>[] {
  const enqueue = fc
    .record({
      tenant: tenants,
      serviceId: serviceIds,
      serviceName: fc.constantFrom('cart', 'price'),
      kind: fc.constantFrom('add', 'override'),
      providers,
    })
    .map(({ tenant, serviceId, serviceName, kind, providers: names }) =>
      enqueueStep({
        tenant,
        serviceId,
        kind,
        dependency: {
          consumer: keyOf(tenant, serviceName, '1.0.0'),
          providers: names.map((name) => keyOf(tenant, name.serviceName, name.version)),
          override: kind === 'override',
        },
      }),
    );
  const find = fc
    .tuple(tenants, serviceIds, fc.constantFrom('cart', 'price'))
    .map(([tenant, serviceId, serviceName]) =>
      enqueueStep({
        tenant,
        serviceId,
        kind: 'find',
        dependency: {
          consumer: keyOf(tenant, 'cart', '1.0.0'),
          providers: [keyOf(tenant, serviceName, anyVersion)],
          override: false,
        },
      }),
    );
  const applyQueue = fc.constant(
    scriptStep('applyQueue()', async (model, { backend: { dependencies } }) => {
      for (const change of await dependencies.listQueue()) await dependencies.apply(change);
      model.dependencies.applyQueue();
    }),
  );
  const cleanUp = tenants.map((tenant) =>
    scriptStep(callText('cleanUp', tenant), async (model, { backend }) => {
      assert.equal(await outcomeOf(backend.dependencies.cleanUp(tenant), nothing), undefined);
      model.cleanUpDependencies(tenant);
    }),
  );
  return [enqueue, find, applyQueue, cleanUp];
}

function enqueueStep(change: QueuedDependency): ScriptStep {
  return scriptStep(callText('enqueue', change), async (model, { backend }) => {
    assert.equal(await outcomeOf(backend.dependencies.enqueue([change]), nothing), undefined);
    model.dependencies.enqueue(change);
  });
}

function keyOf(tenant: Tenant, serviceName: string, version: string): MicroServiceKey {
  return {
    tenant: formatTenant(tenant),
    environment: '',
    appId: serviceName === anyService ? '' : 'shop',
    serviceName,
    alias: '',
    version,
  };
}
