import type { FindAnswer } from '@service-center/aggregator';
import { describe, expect, it } from 'vitest';

import type { SentRule } from '../src/index.ts';
import { RecordingSubscriber } from './recording-subscriber.ts';
import { expectRefusal, RegistryHarness, until } from './registry-harness.ts';
import { find, instance, map, registration, scope, tenant } from './requests.ts';

function rule(fields: Partial<SentRule> = {}): SentRule {
  return {
    ruleType: 'BLACK',
    attribute: 'ServiceName',
    pattern: '^web$',
    description: '',
    ...fields,
  };
}

/** A provider with an instance, and a consumer of the same application. */
async function pair(
  harness: RegistryHarness,
): Promise<{ readonly provider: string; readonly consumer: string }> {
  const { services } = harness.registry;
  const provider = await services.register(
    scope,
    registration({ alias: 'basket' }, { instances: [instance({ instanceId: 'i1' })] }),
  );
  const consumer = await services.register(scope, registration({ serviceName: 'web' }));
  return { provider, consumer };
}

async function findIt(
  harness: RegistryHarness,
  consumerId: string,
  rev = '',
  serviceName = 'cart',
): Promise<FindAnswer> {
  const { discovery } = harness.registry;
  return discovery.answer(discovery.prepare(find({ consumerId, serviceName })), rev);
}

describe('the list of a service', () => {
  it('is added to, read, changed and shortened', async () => {
    await using harness = await RegistryHarness.open();
    const { provider } = await pair(harness);
    const { rules } = harness.registry;
    expect(await rules.list(scope, provider)).toEqual([]);

    const [first = '', second = ''] = await rules.add(scope, provider, [
      rule({ description: 'd' }),
      rule({ attribute: 'Version', pattern: '2' }),
    ]);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    const again = [rule(), rule({ pattern: 'new' }), rule({ pattern: 'new' })];
    expect(await rules.add(scope, provider, again)).toHaveLength(1);
    expect(await rules.add(scope, provider, [rule()])).toEqual([]);

    await rules.update(scope, provider, second, rule({ pattern: 'other', description: 'new' }));
    const listed = await rules.list(scope, provider);
    expect(listed.find(({ value }) => value.ruleId === second)?.value).toMatchObject({
      attribute: 'ServiceName',
      pattern: 'other',
      description: 'new',
    });

    await rules.delete(scope, provider, `${first},${second},${first}`);
    const left = await rules.list(scope, provider);
    expect(left.map(({ value }) => value.pattern)).toEqual(['new']);
  });

  it('refuses what breaks a rule, in the order of the protocol', async () => {
    await using harness = await RegistryHarness.open({
      config: {
        quota: {
          kind: 'buildin',
          service: 9,
          instance: 9,
          schema: 9,
          tag: 9,
          rule: 2,
        },
      },
    });
    const { provider } = await pair(harness);
    const { rules } = harness.registry;
    const white = rule({ ruleType: 'WHITE' });
    const missing = 'Service does not exist.';

    await expectRefusal(() => rules.add(scope, 'none', [rule()]), 'invalidParameters', missing);
    await expectRefusal(() => rules.list(scope, 'none'), 'serviceNotExists', missing);
    await expectRefusal(
      () => rules.update(scope, 'none', 'r', rule()),
      'serviceNotExists',
      missing,
    );
    await expectRefusal(() => rules.delete(scope, 'none', 'r'), 'serviceNotExists', missing);
    await expectRefusal(
      () => rules.add(scope, provider, [rule(), white]),
      'blackAndWhiteRule',
      'Service can only contain one rule type, BLACK or WHITE.',
    );
    const gone = 'This rule does not exist.';
    await expectRefusal(() => rules.update(scope, provider, 'r', white), 'ruleNotExists', gone);

    const [ruleId = ''] = await rules.add(scope, provider, [rule()]);
    await expectRefusal(() => rules.add(scope, provider, [white]), 'blackAndWhiteRule');
    await expectRefusal(
      () => rules.add(scope, provider, [rule({ pattern: 'a' }), white]),
      'notEnoughQuota',
      'no quota to create RULE, max num is 2, curNum is 1, apply num is 2',
    );
    await expectRefusal(
      () => rules.update(scope, provider, 'unknown', white),
      'modifyRuleNotAllowed',
      'Exist multiple rules,can not change rule type. Rule type is BLACK',
    );
    await expectRefusal(() => rules.update(scope, provider, 'unknown', rule()), 'ruleNotExists');
    await expectRefusal(() => rules.delete(scope, provider, `${ruleId},x`), 'ruleNotExists', gone);
    expect(await rules.list(scope, provider)).toHaveLength(1);
  });

  it('is registered with the service, or fails with the other parts', async () => {
    await using harness = await RegistryHarness.open();
    const { services, rules } = harness.registry;
    const serviceId = await services.register(scope, registration({}, { rules: [rule()] }));
    expect(await rules.list(scope, serviceId)).toHaveLength(1);

    await expectRefusal(
      () => services.register(scope, registration({}, { rules: [rule({ ruleType: 'WHITE' })] })),
      'invalidParameters',
      /^errMessages: \[Can not have both 'BLACK' and 'WHITE'/,
    );
  });
});

describe('a consumer on the black list', () => {
  it('finds nothing, by name and by alias, lists nothing and gets nothing', async () => {
    await using harness = await RegistryHarness.open();
    const { provider, consumer } = await pair(harness);
    const { rules, discovery, services } = harness.registry;
    const other = await services.register(scope, registration({ serviceName: 'other' }));
    const before = await findIt(harness, consumer);
    expect(before.count).toBe(1);
    expect(await findIt(harness, other)).toBe(before);

    const [ruleId = ''] = await rules.add(scope, provider, [rule()]);

    const denied = await findIt(harness, consumer, before.revision);
    expect(denied.count).toBe(0);
    expect(denied.body.toString()).toBe('{}');
    expect(denied.revision).not.toBe(before.revision);
    expect((await findIt(harness, consumer, '', 'basket')).count).toBe(0);
    expect((await findIt(harness, other)).count).toBe(1);
    expect((await findIt(harness, '')).count).toBe(1);
    const query = { consumerId: consumer, serviceId: provider, tags: '' };
    await expectRefusal(() => discovery.listInstances(scope, query, ''), 'serviceNotExists');
    await expectRefusal(
      () => discovery.getInstance(scope, { ...query, instanceId: 'i1' }, ''),
      'instanceNotExists',
    );

    await rules.delete(scope, provider, ruleId);
    expect((await findIt(harness, consumer, denied.revision)).count).toBe(1);
  });

  it('is let in, and kept out again, by its tags', async () => {
    await using harness = await RegistryHarness.open();
    const { provider, consumer } = await pair(harness);
    const { rules, tags, discovery } = harness.registry;
    await rules.add(scope, provider, [
      rule({ ruleType: 'WHITE', attribute: 'tag_zone', pattern: '^a' }),
    ]);
    // One prepared find, as a server keeps it beside the raw request.
    const prepared = discovery.prepare(find({ consumerId: consumer }));
    const count = async (): Promise<number> => (await discovery.answer(prepared, '')).count;
    expect(await count()).toBe(0);
    await tags.replaceAll(scope, consumer, map({ zone: 'a1' }));
    expect(await count()).toBe(1);
    await tags.update(scope, consumer, 'zone', 'b');
    expect(await count()).toBe(0);
    await tags.replaceAll(scope, consumer, map({ zone: 'a2' }));
    expect(await count()).toBe(1);
    await tags.replaceAll(scope, consumer, map({}));
    expect(await count()).toBe(0);
  });

  it('is judged anew when it is registered anew under its id', async () => {
    await using harness = await RegistryHarness.open();
    const { provider, consumer } = await pair(harness);
    const { rules, services } = harness.registry;
    await rules.add(scope, provider, [rule({ attribute: 'Description', pattern: 'bad' })]);
    expect((await findIt(harness, consumer)).count).toBe(1);

    await services.delete(scope, consumer, true);
    const bad = registration({ serviceName: 'web', description: 'bad' });
    expect(await services.register(scope, bad)).toBe(consumer);

    expect((await findIt(harness, consumer)).count).toBe(0);
  });
});

describe('a watching consumer', () => {
  it('is told once to forget a provider whose list changes, and hears of it no more', async () => {
    await using harness = await RegistryHarness.open();
    const { provider, consumer } = await pair(harness);
    const { rules, hub, instances } = harness.registry;
    await findIt(harness, consumer);
    await until('an empty queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 0);
    const frames: string[] = [];
    hub.subscribe(tenant, consumer, {
      description: { channel: 'websocket', remote: '' },
      send: ({ text }) => {
        frames.push(text);
        return undefined;
      },
      close: () => undefined,
    });
    const register = (instanceId: string): Promise<string> =>
      instances.register(scope, provider, instance({ instanceId }));

    await register('i2');
    const added = await rules.add(scope, provider, [rule(), rule({ pattern: 'x' })]);
    await until('the expiry', () => frames.length > 1);
    await register('i3');
    await rules.delete(scope, provider, added.join(','));
    await until('the second expiry', () => frames.length > 2);
    await register('i4');
    await until('the last event', () => frames.some((frame) => frame.includes('i4')));

    const key =
      '{"tenant":"d1/p1","appId":"shop","serviceName":"cart","alias":"basket","version":"1.0.0"}';
    expect(
      frames.map((frame) => frame.replace(/,"instance":.*"instanceId":"(i\d)".*/s, ' $1')),
    ).toEqual([
      `{"action":"CREATE","key":${key} i2`,
      `{"action":"EXPIRE","key":${key}}`,
      `{"action":"EXPIRE","key":${key}}`,
      `{"action":"CREATE","key":${key} i4`,
    ]);
  });
});

describe('a watching consumer that is not to be told to forget', () => {
  it('hears of instances only, as far as the list lets it', async () => {
    await using harness = await RegistryHarness.open({ config: { watchExpire: false } });
    const { provider, consumer } = await pair(harness);
    const { rules, tags, hub, instances } = harness.registry;
    await findIt(harness, consumer);
    await until('an empty queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 0);
    const subscriber = new RecordingSubscriber();
    hub.subscribe(tenant, consumer, subscriber);
    const register = (instanceId: string): Promise<string> =>
      instances.register(scope, provider, instance({ instanceId }));

    await tags.replaceAll(scope, consumer, map({ zone: 'a' }));
    const added = await rules.add(scope, provider, [rule()]);
    await register('i2');
    await rules.delete(scope, provider, added.join(','));
    await register('i3');

    expect(subscriber.actions).toEqual(['CREATE cart i3']);
  });
});

describe('a registry without lists', () => {
  it('lets everybody find, watch and read as if no rule was stored', async () => {
    await using harness = await RegistryHarness.open({ config: { rulesEnabled: false } });
    const { provider, consumer } = await pair(harness);
    const { rules, hub, instances, govern } = harness.registry;
    const before = await findIt(harness, consumer);
    await until('an empty queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 0);
    const subscriber = new RecordingSubscriber();
    hub.subscribe(tenant, consumer, subscriber);

    // As a registry of 1.x has left them in the store.
    await rules.add(scope, provider, [rule(), rule({ attribute: 'Version', pattern: '.' })]);

    expect((await findIt(harness, consumer)).revision).toBe(before.revision);
    expect((await govern.detail(scope, provider)).rules).toEqual([]);
    await instances.register(scope, provider, instance({ instanceId: 'i2' }));
    expect(subscriber.actions).toEqual(['CREATE cart i2']);
  });

  it('ignores the rules of a registration, right or wrong', async () => {
    await using harness = await RegistryHarness.open({ config: { rulesEnabled: false } });
    const { services } = harness.registry;
    const wrong = rule({ ruleType: 'GREY' });

    const serviceId = await services.register(scope, registration({}, { rules: [rule(), wrong] }));

    expect(harness.aggregator.rules.ofService(tenant, serviceId)).toEqual([]);
  });
});
