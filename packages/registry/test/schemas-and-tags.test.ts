import { describe, expect, it } from 'vitest';

import type { RegistryConfig } from '../src/index.ts';
import { expectRefusal, RegistryHarness } from './registry-harness.ts';
import { map, registration, scope } from './requests.ts';

const smallQuota: RegistryConfig['quota'] = {
  kind: 'buildin',
  service: 10,
  instance: 10,
  schema: 2,
  tag: 2,
  rule: 2,
};

function schema(schemaId: string, text = `text of ${schemaId}`, summary = 'sum') {
  return { schemaId, summary, schema: text };
}

describe('the schemas of a service', () => {
  it('are put, read, listed and deleted', async () => {
    await using harness = await RegistryHarness.open();
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration({ schemas: ['bare'] }));

    await schemas.put(scope, serviceId, schema('first'));
    await schemas.put(scope, serviceId, schema('first', 'changed', ''));

    expect(await schemas.get(scope, serviceId, 'first')).toMatchObject({ schema: 'changed' });
    expect(await schemas.exists(scope, serviceId, 'first')).toBe('');
    expect((await services.get(scope, serviceId)).value.schemas).toEqual(['bare', 'first']);
    expect(await schemas.list(scope, serviceId, true)).toEqual([
      { schemaId: 'bare', summary: '', schema: '' },
      { schemaId: 'first', summary: '', schema: 'changed' },
    ]);
    await schemas.delete(scope, serviceId, 'first');
    await expectRefusal(
      () => schemas.get(scope, serviceId, 'first'),
      'schemaNotExists',
      'schema ref not found.',
    );
    expect(await schemas.list(scope, serviceId, false)).toEqual([
      { schemaId: 'bare', summary: '', schema: '' },
      { schemaId: 'first', summary: '', schema: '' },
    ]);
  });

  it('are replaced as a whole, the first of each id', async () => {
    await using harness = await RegistryHarness.open();
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration({ schemas: ['old'] }));
    await schemas.put(scope, serviceId, schema('old'));

    await schemas.replaceAll(scope, serviceId, [schema('b'), schema('a'), schema('b', 'second')]);

    expect((await services.get(scope, serviceId)).value.schemas).toEqual(['b', 'a']);
    expect(await schemas.list(scope, serviceId, true)).toEqual([schema('b'), schema('a')]);
  });

  it('are refused without a service', async () => {
    await using harness = await RegistryHarness.open();
    const { schemas } = harness.registry;
    const missing = 'Service does not exist.';

    await expectRefusal(() => schemas.put(scope, 'no', schema('a')), 'serviceNotExists', missing);
    await expectRefusal(
      () => schemas.replaceAll(scope, 'no', [schema('a')]),
      'serviceNotExists',
      missing,
    );
    await expectRefusal(() => schemas.get(scope, 'no', 'a'), 'serviceNotExists', missing);
    await expectRefusal(() => schemas.list(scope, 'no', true), 'serviceNotExists', missing);
    await expectRefusal(() => schemas.delete(scope, 'no', 'a'), 'serviceNotExists', missing);
    await expectRefusal(
      () => schemas.exists(scope, 'no', 'a'),
      'serviceNotExists',
      'service does not exist.',
    );
  });

  it('are checked', async () => {
    await using harness = await RegistryHarness.open();
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration());

    for (const wrong of [
      schema('-a'),
      schema('a', ''),
      schema('a', 't', '_'),
      schema('a', 't', 's'.repeat(129)),
    ]) {
      await expectRefusal(
        () => schemas.put(scope, serviceId, wrong),
        'invalidParameters',
        /^field /,
      );
      await expectRefusal(
        () => schemas.replaceAll(scope, serviceId, [wrong]),
        'invalidParameters',
        'Invalid request.',
      );
    }
    await expectRefusal(
      () => schemas.replaceAll(scope, serviceId, [schema('a', 't', '')]),
      'invalidParameters',
      'Invalid request.',
    );
    await expectRefusal(() => schemas.replaceAll(scope, serviceId, []), 'invalidParameters');
  });

  it('are limited in number', async () => {
    await using harness = await RegistryHarness.open({ config: { quota: smallQuota } });
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration());
    await schemas.replaceAll(scope, serviceId, [schema('a'), schema('b')]);

    await schemas.put(scope, serviceId, schema('a', 'changed'));
    await expectRefusal(
      () => schemas.put(scope, serviceId, schema('c')),
      'notEnoughQuota',
      'no quota to create SCHEMA, max num is 2, curNum is 2, apply num is 1',
    );
    await expectRefusal(
      () => schemas.replaceAll(scope, serviceId, [schema('a'), schema('b'), schema('c')]),
      'invalidParameters',
    );
    await expectRefusal(
      () => services.register(scope, registration({ version: '2', schemas: ['a', 'b', 'c'] })),
      'invalidParameters',
    );
  });

  it('can be closed for single uploads', async () => {
    await using closed = await RegistryHarness.open({
      config: { schema: { disable: true, editable: true } },
    });

    await expectRefusal(
      () => {
        closed.registry.schemas.assertPutEnabled();
      },
      'forbidden',
      'schema modify is disabled',
    );
  });
});

describe('frozen schemas', () => {
  const config = { schema: { disable: false, editable: false } };

  it('take a first content and a missing summary, nothing else', async () => {
    await using harness = await RegistryHarness.open({ config });
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration({ schemas: ['first'] }));

    await schemas.put(scope, serviceId, schema('first', 'text', ''));
    await expectRefusal(
      () => schemas.put(scope, serviceId, schema('first', 'changed', '')),
      'modifySchemaNotAllowed',
    );
    await schemas.put(scope, serviceId, schema('first', 'text', 'sum'));
    await expectRefusal(
      () => schemas.put(scope, serviceId, schema('first', 'text', 'sum2')),
      'modifySchemaNotAllowed',
    );
    await expectRefusal(
      () => schemas.put(scope, serviceId, schema('second')),
      'undefinedSchemaId',
      "Non-existent schemaID can't be added request production",
    );
    await expectRefusal(
      () => schemas.replaceAll(scope, serviceId, [schema('second')]),
      'undefinedSchemaId',
    );
    await schemas.replaceAll(scope, serviceId, [schema('first', 'changed')]);
    expect(await schemas.get(scope, serviceId, 'first')).toEqual(schema('first', 'text'));
  });

  it('are those of production and of no environment', async () => {
    await using harness = await RegistryHarness.open({ config });
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration({ environment: 'testing' }));

    await schemas.put(scope, serviceId, schema('a'));
    await schemas.put(scope, serviceId, schema('a', 'changed'));

    expect(await schemas.get(scope, serviceId, 'a')).toEqual(schema('a', 'changed'));
  });

  it('are adopted by a service that names none', async () => {
    await using harness = await RegistryHarness.open({ config });
    const { services, schemas } = harness.registry;
    const serviceId = await services.register(scope, registration());

    await schemas.replaceAll(scope, serviceId, [schema('a'), schema('b')]);

    expect((await services.get(scope, serviceId)).value.schemas).toEqual(['a', 'b']);
  });
});

describe('the tags of a service', () => {
  it('are replaced, read, changed and removed', async () => {
    await using harness = await RegistryHarness.open();
    const { services, tags } = harness.registry;
    const serviceId = await services.register(scope, registration());
    expect(await tags.get(scope, serviceId)).toEqual({});

    await tags.replaceAll(scope, serviceId, map({ a: 'x', b: 'y' }));
    await tags.update(scope, serviceId, 'a', 'z');
    expect(await tags.get(scope, serviceId)).toEqual({ a: 'z', b: 'y' });
    await expectRefusal(
      () => tags.delete(scope, serviceId, 'a,c'),
      'tagNotExists',
      'Delete tags failed for this key c does not exist.',
    );
    expect(await tags.get(scope, serviceId)).toEqual({ a: 'z', b: 'y' });
    await tags.delete(scope, serviceId, 'a,b');
    expect(await tags.get(scope, serviceId)).toEqual({});
    await expectRefusal(
      () => tags.update(scope, serviceId, 'a', 'z'),
      'tagNotExists',
      'Tag does not exist, please add one first.',
    );
  });

  it('are refused without a service, or when they are wrong or too many', async () => {
    await using harness = await RegistryHarness.open({ config: { quota: smallQuota } });
    const { services, tags } = harness.registry;
    const serviceId = await services.register(scope, registration());
    const missing = 'Service does not exist.';

    await expectRefusal(() => tags.get(scope, 'no'), 'serviceNotExists', missing);
    await expectRefusal(() => tags.replaceAll(scope, 'no', map({})), 'serviceNotExists', missing);
    await expectRefusal(
      () => tags.replaceAll(scope, serviceId, map({ a: '1' })),
      'invalidParameters',
      String.raw`field 'AddServiceTagsRequest.Tags' invalid value '1' does not match rule: {Max: 2, Regexp: ^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$}`,
    );
    await expectRefusal(
      () => tags.replaceAll(scope, serviceId, map({ a: 'v', c: 'v', b: 'v' })),
      'invalidParameters',
      /invalid value 'map\[a:v b:v c:v\]'/,
    );
  });
});
