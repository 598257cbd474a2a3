import type { ConformanceCase } from '../case/case.ts';
import { anything, generatedId, partial, setOf, unixSeconds } from '../case/pattern.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, service } from './setup.ts';

const unknownService = refused(400012, 'Service does not exist.');
const noTag = refused(400018, 'Tag does not exist, please add one first.');

const tags: ConformanceCase[] = [
  about(
    'put-tags',
    '01 §4.4',
    'all tags of the service are replaced',
    service('s'),
    post('R/microservices/${s}/tags', { tags: { b: '1x', a: 'y' } }, refused(400001)),
    post('R/microservices/${s}/tags', { tags: { b: 'x', a: 'y' } }, done),
    get('R/microservices/${s}/tags', {
      status: 200,
      body: { kind: 'text', is: '{"tags":{"a":"y","b":"x"}}' },
    }),
    post('R/microservices/${s}/tags', { tags: { c: 'z' } }, done),
    get('R/microservices/${s}/tags', json({ tags: { c: 'z' } })),
  ),
  ...[{}, { tags: {} }, { tags: null }].map((body) =>
    about(
      'put-tags',
      '01 §4.4',
      `${JSON.stringify(body)} clears them`,
      service('s'),
      post('R/microservices/${s}/tags', { tags: { c: 'z' } }, done),
      post('R/microservices/${s}/tags', body, done),
      get('R/microservices/${s}/tags', json({})),
    ),
  ),
  about(
    'put-tags',
    '01 §4.4',
    'an unknown service, and a wrong tag before that',
    post('R/microservices/none/tags', { tags: { a: 'b' } }, unknownService),
    post('R/microservices/none/tags', { tags: {} }, unknownService),
    post('R/microservices/none/tags', { tags: { 1: 'b' } }, refused(400001)),
  ),
  about('get-tags', '01 §4.4', 'none', service('s'), get('R/microservices/${s}/tags', json({}))),
  about(
    'update-tag',
    '01 §4.4',
    'only a tag that is there',
    service('s'),
    put('R/microservices/${s}/tags/a?value=v', undefined, noTag),
    post('R/microservices/${s}/tags', { tags: { a: 'x', b: 'y' } }, done),
    put('R/microservices/${s}/tags/a?value=new', undefined, done),
    get('R/microservices/${s}/tags', json({ tags: { a: 'new', b: 'y' } })),
    put('R/microservices/${s}/tags/c?value=v', undefined, noTag),
    get('R/microservices/${s}/tags', json({ tags: { a: 'new', b: 'y' } })),
  ),
  about(
    'delete-tags',
    '01 §4.4',
    'all of a list or none',
    service('s'),
    post('R/microservices/${s}/tags', { tags: { a: 'x', b: 'y', c: 'z' } }, done),
    send(
      'DELETE',
      'R/microservices/${s}/tags/a,d',
      refused(400018, 'Delete tags failed for this key d does not exist.'),
    ),
    get('R/microservices/${s}/tags', json({ tags: { a: 'x', b: 'y', c: 'z' } })),
    send('DELETE', 'R/microservices/${s}/tags/a,b', done),
    get('R/microservices/${s}/tags', json({ tags: { c: 'z' } })),
    send('DELETE', 'R/microservices/${s}/tags/c', done),
    get('R/microservices/${s}/tags', json({})),
  ),
];

const white = { ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a+', description: 'd' };
const black = { ...white, ruleType: 'BLACK' };
const noRule = refused(400022, 'This rule does not exist.');
const oneType = refused(400020, 'Service can only contain one rule type, BLACK or WHITE.');

const addRule = post('R/microservices/${s}/rules', { rules: [white] }, json({ RuleIds: [generatedId] }), {
  capture: { r: 'RuleIds.0' },
});

const rules: ConformanceCase[] = [
  about(
    'add-rules',
    '01 §4.5',
    'a rule comes back with its id and its times',
    service('s'),
    get('R/microservices/${s}/rules', json({})),
    addRule,
    get(
      'R/microservices/${s}/rules',
      json({
        rules: [{ ruleId: '${r}', ...white, timestamp: unixSeconds, modTimestamp: unixSeconds }],
      }),
    ),
  ),
  about(
    'add-rules',
    '01 §4.5',
    'a rule that is there already is skipped',
    service('s'),
    addRule,
    post('R/microservices/${s}/rules', { rules: [white] }, json({})),
    post(
      'R/microservices/${s}/rules',
      { rules: [white, { ...white, pattern: 'b' }] },
      json({ RuleIds: [generatedId] }),
    ),
    get('R/microservices/${s}/rules', json({ rules: setOf(anything, anything) })),
  ),
  about(
    'add-rules',
    '01 §4.5',
    'only one type of rule',
    service('s'),
    post('R/microservices/${s}/rules', { rules: [white, { ...black, pattern: 'b' }] }, oneType),
    get('R/microservices/${s}/rules', json({})),
    addRule,
    post('R/microservices/${s}/rules', { rules: [{ ...black, pattern: 'b' }] }, oneType),
    get('R/microservices/${s}/rules', json({ rules: [partial({ ruleId: '${r}' })] })),
  ),
  about(
    'add-rules',
    '00 decision 8',
    'an unknown service is an invalid parameter here',
    post(
      'R/microservices/none/rules',
      { rules: [white] },
      refused(400001, 'Service does not exist.'),
    ),
  ),
  about(
    'add-rules',
    '01 §4.5',
    'a hundred rules and not one more',
    service('s'),
    post(
      'R/microservices/${s}/rules',
      { rules: Array.from({ length: 100 }, (_, index) => ({ ...white, pattern: `p${index}` })) },
      json({ RuleIds: anything }),
    ),
    post(
      'R/microservices/${s}/rules',
      { rules: [white] },
      refused(400100, 'no quota to create RULE, max num is 100, curNum is 100, apply num is 1'),
    ),
  ),
  about(
    'update-rule',
    '01 §4.5',
    'changes everything but the type',
    service('s'),
    addRule,
    put(
      'R/microservices/${s}/rules/${r}',
      { ruleType: 'WHITE', attribute: 'Version', pattern: '1', description: 'n' },
      done,
    ),
    get(
      'R/microservices/${s}/rules',
      json({
        rules: [
          partial({
            ruleId: '${r}',
            ruleType: 'WHITE',
            attribute: 'Version',
            pattern: '1',
            description: 'n',
          }),
        ],
      }),
    ),
    post('R/microservices/${s}/rules', { rules: [white] }, json({ RuleIds: [generatedId] })),
    put('R/microservices/${s}/rules/none', white, noRule),
  ),
  about(
    'update-rule',
    '01 §4.5',
    'the type stays, and that is said before the rule is looked for',
    service('s'),
    addRule,
    put('R/microservices/${s}/rules/${r}', black, refused(400021)),
    put('R/microservices/${s}/rules/none', black, refused(400021)),
    put('R/microservices/none/rules/${r}', black, unknownService),
  ),
  about(
    'delete-rules',
    '01 §4.5',
    'one, several, and none that is unknown',
    service('s'),
    post(
      'R/microservices/${s}/rules',
      { rules: [white, { ...white, pattern: 'b' }, { ...white, pattern: 'c' }] },
      json({ RuleIds: [generatedId, generatedId, generatedId] }),
      { capture: { r1: 'RuleIds.0', r2: 'RuleIds.1', r3: 'RuleIds.2' } },
    ),
    send('DELETE', 'R/microservices/${s}/rules/none', noRule),
    send('DELETE', 'R/microservices/${s}/rules/${r1}', done),
    send('DELETE', 'R/microservices/${s}/rules/${r1}', noRule),
    send('DELETE', 'R/microservices/${s}/rules/${r2},${r3}', done),
    get('R/microservices/${s}/rules', json({})),
    addRule,
  ),
];

const noSchema = refused(400016);

const schemas: ConformanceCase[] = [
  about(
    'put-schema',
    '01 §4.6',
    'a content with a summary, which only the header tells',
    service('s'),
    put(
      'R/microservices/${s}/schemas/a',
      { schema: 'text: <x> & "y"\n', summary: 'sum1', serviceId: 'other', schemaId: 'other' },
      done,
    ),
    get(
      'R/microservices/${s}/schemas/a',
      json({ schema: 'text: <x> & "y"\n' }, { 'x-schema-summary': 'sum1' }),
    ),
    put('R/microservices/${s}/schemas/a', { schema: 'new' }, done),
    get('R/microservices/${s}/schemas/a', json({ schema: 'new' })),
    get('R/microservices/${s}', json({ service: partial({ schemas: ['a'] }) })),
  ),
  about(
    'put-schema',
    '01 §13',
    'a new id is added at the end of those of the service',
    service('s', { schemas: ['1'] }),
    put('R/microservices/${s}/schemas/2', { schema: 'x' }, done),
    put('R/microservices/${s}/schemas/1', { schema: 'x' }, done),
    get('R/microservices/${s}', json({ service: partial({ schemas: ['1', '2'] }) })),
  ),
  about(
    'put-schema',
    '04 §3.5',
    'a hundred schemas and not one more, unless its id is there',
    service('s', { schemas: Array.from({ length: 100 }, (_, index) => `s${index}`) }),
    put(
      'R/microservices/${s}/schemas/more',
      { schema: 'x' },
      refused(400100, 'no quota to create SCHEMA, max num is 100, curNum is 100, apply num is 1'),
    ),
    put('R/microservices/${s}/schemas/s7', { schema: 'x' }, done),
    get('R/microservices/${s}/schemas/more', noSchema),
  ),
  {
    ...about(
      'put-schema',
      '01 §4.6',
      'one schema cannot be put where that is switched off, all of them can',
      service('s'),
      put(
        'R/microservices/${s}/schemas/a',
        { schema: 'x' },
        refused(403001, 'schema modify is disabled'),
      ),
      post(
        'R/microservices/${s}/schemas',
        { schemas: [{ schemaId: 'a', schema: 'x', summary: 's' }] },
        done,
      ),
      put('/registry/v3/microservices/${s}/schemas/a', { schema: 'x' }, done),
    ),
    forms: ['v4'],
    profile: 'schema-disabled',
  },
  {
    ...about(
      'put-schema',
      '04 §3.5',
      'a frozen service takes no unknown schema and no change',
      service('s', { schemas: ['a'] }),
      put('R/microservices/${s}/schemas/b', { schema: 'x', summary: 's' }, refused(400014)),
      put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 's' }, done),
      put('R/microservices/${s}/schemas/a', { schema: 'y', summary: 't' }, refused(400015)),
      get('R/microservices/${s}/schemas/a', json({ schema: 'x' }, { 'x-schema-summary': 's' })),
    ),
    profile: 'schema-frozen',
  },
  {
    ...about(
      'put-schema',
      '04 §3.5',
      'a service in development is not frozen',
      service('s', { schemas: ['a'], environment: 'development' }),
      put('R/microservices/${s}/schemas/b', { schema: 'x', summary: 's' }, done),
      put('R/microservices/${s}/schemas/b', { schema: 'y', summary: 't' }, done),
    ),
    profile: 'schema-frozen',
  },
  {
    ...about(
      'replace-schemas',
      '04 §3.5',
      'a frozen service takes its first schemas once',
      service('s'),
      post(
        'R/microservices/${s}/schemas',
        { schemas: [{ schemaId: 'a', schema: 'x', summary: 's' }] },
        done,
      ),
      post(
        'R/microservices/${s}/schemas',
        { schemas: [{ schemaId: 'a', schema: 'y', summary: 't' }] },
        done,
      ),
      get('R/microservices/${s}/schemas/a', json({ schema: 'x' }, { 'x-schema-summary': 's' })),
      post(
        'R/microservices/${s}/schemas',
        { schemas: [{ schemaId: 'b', schema: 'x', summary: 's' }] },
        refused(400014),
      ),
    ),
    profile: 'schema-frozen',
  },
  about(
    'get-schema',
    '01 §4.6',
    'an id without content, an unknown id',
    service('s', { schemas: ['bare'] }),
    get('R/microservices/${s}/schemas/bare', noSchema),
    get('R/microservices/${s}/schemas/none', noSchema),
  ),
  about(
    'list-schemas',
    '01 §4.6',
    'bare ids, summaries, and contents on demand',
    service('s', { schemas: ['bare'] }),
    get('R/microservices/${s}/schemas', json({ schemas: [{ schemaId: 'bare' }] })),
    put('R/microservices/${s}/schemas/full', { schema: 'x', summary: 'sum' }, done),
    get(
      'R/microservices/${s}/schemas',
      json({ schemas: setOf({ schemaId: 'bare' }, { schemaId: 'full', summary: 'sum' }) }),
    ),
    get(
      'R/microservices/${s}/schemas?withSchema=1',
      json({
        schemas: setOf({ schemaId: 'bare' }, { schemaId: 'full', summary: 'sum', schema: 'x' }),
      }),
    ),
    get(
      'R/microservices/${s}/schemas?withSchema=yes',
      refused(400001, 'parameter withSchema must be 1 or 0'),
    ),
  ),
  about(
    'replace-schemas',
    '01 §4.6',
    'the whole set of a service',
    service('s', { schemas: ['old'] }),
    put('R/microservices/${s}/schemas/first', { schema: 'x', summary: 's' }, done),
    post(
      'R/microservices/${s}/schemas',
      {
        schemas: [
          { schemaId: 'second', schema: 'y', summary: 't' },
          { schemaId: 'a', schema: 'z', summary: 'u' },
        ],
      },
      done,
    ),
    get('R/microservices/${s}', json({ service: partial({ schemas: ['second', 'a'] }) })),
    get('R/microservices/${s}/schemas/first', noSchema),
    get('R/microservices/${s}/schemas/second', json({ schema: 'y' }, { 'x-schema-summary': 't' })),
  ),
  about(
    'replace-schemas',
    '01 §12 row 8',
    'of two entries with one id the first counts',
    service('s'),
    post(
      'R/microservices/${s}/schemas',
      {
        schemas: [
          { schemaId: 'a', schema: 'first', summary: 's' },
          { schemaId: 'a', schema: 'second', summary: 't' },
        ],
      },
      done,
    ),
    get('R/microservices/${s}/schemas/a', json({ schema: 'first' }, { 'x-schema-summary': 's' })),
    get('R/microservices/${s}', json({ service: partial({ schemas: ['a'] }) })),
  ),
  about(
    'replace-schemas',
    '01 §4.6',
    'whatever is wrong, the detail is the same',
    service('s'),
    post('R/microservices/${s}/schemas', { schemas: [] }, refused(400001, 'Invalid request.')),
    post(
      'R/microservices/${s}/schemas',
      { schemas: [{ schemaId: 'a', schema: 'x' }] },
      refused(400001, 'Invalid request.'),
    ),
  ),
  about(
    'delete-schema',
    '01 §4.6',
    'the content goes, the id of the service stays',
    service('s'),
    put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 's' }, done),
    send('DELETE', 'R/microservices/${s}/schemas/a', done),
    get('R/microservices/${s}/schemas/a', noSchema),
    get('R/existence?type=schema&serviceId=${s}&schemaId=a', noSchema),
    get('R/microservices/${s}/schemas', json({ schemas: [{ schemaId: 'a' }] })),
    send('DELETE', 'R/microservices/${s}/schemas/a', noSchema),
  ),
  about(
    'delete-schema',
    '04 §3.5',
    'services share a content, and each loses only its own',
    service('s'),
    service('t'),
    put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 's' }, done),
    put('R/microservices/${t}/schemas/a', { schema: 'x', summary: 's' }, done),
    send('DELETE', 'R/microservices/${s}/schemas/a', done),
    get('R/microservices/${t}/schemas/a', json({ schema: 'x' })),
  ),
];

/** Tags, rules and schemas of a service (spec 01 §4.4 to §4.6). */
export const metadataCases: readonly ConformanceCase[] = [...tags, ...rules, ...schemas];
