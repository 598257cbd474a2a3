import type { ConformanceCase } from '../case/case.ts';
import { partial, setOf } from '../case/pattern.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, service } from './setup.ts';

const noSchema = refused(400016);

/** The schemas of a service (spec 01 §4.6; 04 §3.5). */
export const schemaCases: readonly ConformanceCase[] = [
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
