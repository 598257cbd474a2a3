import { describe, expect, it } from 'vitest';

import type { BatchFindAnswer, BatchFindPart, BatchFindRequest } from '../src/index.ts';
import { expectRefusal, RegistryHarness, until } from './registry-harness.ts';
import { instance, key, map, registration, scope, tenant } from './requests.ts';

function batch(fields: Partial<BatchFindRequest>): BatchFindRequest {
  return { consumerId: '', targetTenant: tenant, services: [], instances: [], ...fields };
}

/** Errors as `code indexes`, then what is not modified, then what is updated. */
function summary(
  part: BatchFindPart<{ readonly revision: string }> | undefined,
): readonly unknown[] {
  return [
    part?.failed.map(({ error, indexes }) => `${error.code} ${indexes.join()}`),
    part?.notModified,
    part?.updated.map(({ index }) => index),
  ];
}

function revisions(answer: BatchFindAnswer): readonly string[] {
  return (answer.services?.updated ?? []).map(({ answer: found }) => found.revision);
}

const cart = { service: key(), rev: '' };
const unknown = { service: key({ serviceName: 'unknown' }), rev: '' };

describe('a batch', () => {
  it('answers each service as a find does, by name, alias and version rule', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery } = harness.registry;
    for (const version of ['1.0.0', '2.0.0']) {
      const extras = { instances: [instance({ instanceId: `i-${version}` })] };
      await services.register(scope, registration({ version, alias: 'basket' }, extras));
    }

    const answer = await discovery.findMany(
      scope,
      batch({
        services: [
          unknown,
          cart,
          { service: key({ serviceName: 'basket' }), rev: '' },
          { service: key({ version: '2.0.0+' }), rev: '' },
          { service: key({ version: '3.0.0+' }), rev: '' },
          { service: key({ version: '3.0.0' }), rev: '' },
        ],
      }),
    );

    expect(summary(answer.services)).toEqual([['400012 0,5'], [], [1, 2, 3, 4]]);
    expect(answer.instances).toBeUndefined();
    expect(answer.services?.updated.map((each) => each.answer.count)).toEqual([2, 2, 1, 0]);
    expect(answer.services?.failed[0]?.error.detail).toContain('find provider[/shop/unknown]');
  });

  it('tells what is not modified, and nothing old', async () => {
    await using harness = await RegistryHarness.open();
    const { services, instances, discovery } = harness.registry;
    const serviceId = await services.register(scope, registration());
    const [rev = ''] = revisions(await discovery.findMany(scope, batch({ services: [cart] })));
    const held = batch({ services: [{ ...cart, rev }, cart, { ...cart, rev: 'other' }] });
    expect(summary((await discovery.findMany(scope, held)).services)).toEqual([[], [0], [1, 2]]);

    await instances.register(scope, serviceId, instance());

    expect(summary((await discovery.findMany(scope, held)).services)).toEqual([[], [], [0, 1, 2]]);
    const fresh = await discovery.findMany({ ...scope, noCache: true }, held);
    expect(fresh.services?.updated.map((each) => each.answer.count)).toEqual([1, 1, 1]);
  });

  it('answers instances by their ids', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery } = harness.registry;
    const extras = { instances: [instance({ instanceId: 'i1' })] };
    const serviceId = await services.register(scope, registration({}, extras));
    const elements = [
      { instance: { serviceId, instanceId: 'i1' }, rev: '' },
      { instance: { serviceId, instanceId: 'i2' }, rev: '' },
      { instance: { serviceId: 'none', instanceId: 'i1' }, rev: '' },
    ];

    for (const noCache of [false, true]) {
      const request = batch({ instances: elements });
      const answer = await discovery.findMany({ ...scope, noCache }, request);
      expect(summary(answer.instances)).toEqual([['400017 1', '400012 2'], [], [0]]);
      const rev = answer.instances?.updated[0]?.answer.revision ?? '';
      const held = elements.map((element) => ({ instance: element.instance, rev }));
      const again = await discovery.findMany({ ...scope, noCache }, batch({ instances: held }));
      expect(again.instances?.notModified).toEqual([0]);
    }
  });

  it('leaves a dependency for each service that is found', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery, dependencies } = harness.registry;
    await services.register(scope, registration());
    const consumerId = await services.register(scope, registration({ serviceName: 'web' }));

    const answer = await discovery.findMany(
      scope,
      batch({ consumerId, services: [cart, unknown] }),
    );

    expect(summary(answer.services)).toEqual([['400012 1'], [], [0]]);
    const everybody = { sameDomain: false, noSelf: false };
    await until('the dependency', async () => {
      const providers = await dependencies.providersOf(scope, consumerId, everybody);
      return providers.length === 1;
    });
  });

  it('is refused as a whole before anything is answered', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery } = harness.registry;
    await services.register(scope, registration());
    const consumerId = await services.register(scope, registration({ serviceName: 'web' }));
    const address = { serviceId: 's', instanceId: 'i' };
    const refused: readonly [Partial<BatchFindRequest>, RegExp][] = [
      [{}, /^Required services or instances$/],
      [{ services: [cart, { service: undefined, rev: '' }] }, /FindService.Service/],
      [{ services: [cart, { service: key({ appId: '' }), rev: '' }] }, /AppId/],
      [{ services: [cart, { service: key({ version: 'x' }), rev: '' }] }, /VersionRule/],
      [
        { services: [cart], instances: [{ instance: undefined, rev: '' }] },
        /FindInstance.Instance/,
      ],
      [
        { services: [cart], instances: [{ instance: { ...address, serviceId: '' }, rev: '' }] },
        /ServiceId/,
      ],
      [
        { services: [cart], instances: [{ instance: { ...address, instanceId: '@' }, rev: '' }] },
        /InstanceId/,
      ],
    ];
    for (const [fields, detail] of refused) {
      await expectRefusal(
        () => discovery.findMany(scope, batch({ consumerId, ...fields })),
        'invalidParameters',
        detail,
      );
    }
    expect(harness.aggregator.cache('DEPENDENCY_QUEUE').size).toBe(0);
    expect(harness.aggregator.cache('DEPENDENCY_RULE').size).toBe(0);
  });
});

describe('the status of many instances', () => {
  it('is set where the properties have all that is asked for', async () => {
    await using harness = await RegistryHarness.open();
    const { services, instances } = harness.registry;
    const placed = [
      ['a', 'i1'],
      ['a', 'i2'],
      ['b', 'i3'],
    ] as const;
    const extras = {
      instances: placed.map(([zone, instanceId]) =>
        instance({ instanceId, properties: map({ zone, rack: instanceId }) }),
      ),
    };
    const serviceId = await services.register(scope, registration({}, extras));
    const down = (): readonly string[] =>
      harness.aggregator.instances
        .ofService(tenant, serviceId)
        .filter(({ value }) => value.status === 'DOWN')
        .map(({ value }) => value.instanceId)
        .toSorted();

    await expectRefusal(
      () => instances.updateStatusWhere(scope, map({}), 'BROKEN'),
      'invalidParameters',
      /UpdateManyInstanceStatusRequest.Status/,
    );
    await instances.updateStatusWhere(scope, map({ zone: 'c' }), 'DOWN');
    expect(down()).toEqual([]);
    await instances.updateStatusWhere(scope, map({ zone: 'a', rack: 'i2' }), 'DOWN');
    expect(down()).toEqual(['i2']);
    await instances.updateStatusWhere(scope, map({ zone: 'a' }), 'DOWN');
    expect(down()).toEqual(['i1', 'i2']);
    await instances.updateStatusWhere(scope, map({}), 'DOWN');
    expect(down()).toEqual(['i1', 'i2', 'i3']);
  });
});
