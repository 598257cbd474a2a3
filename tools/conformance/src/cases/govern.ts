import type { ConformanceCase } from '../case/case.ts';
import { absent, anything, partial, setOf } from '../case/pattern.ts';
import { done, get, json, post, put, refused } from '../case/steps.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const detailMembers = { tags: { k: 'v' } };

/** The govern views (spec 01 §4.10). */
export const governCases: readonly ConformanceCase[] = [
  about(
    'govern-service',
    '01 §4.10',
    'everything about one service',
    service('s', { schemas: ['sch'], properties: { a: 'b' } }),
    service('v2', { serviceName: 's', version: '2.0.0' }),
    service('p'),
    service('c'),
    put('R/microservices/${s}/schemas/sch', { schema: 'content', summary: 'sum' }, done),
    post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done),
    instance('i', 's', { properties: { ip: 'x' } }),
    get('R/instances?appId=app&serviceName=p', json({}), as('s')),
    get('R/instances?appId=app&serviceName=s', json(anything), as('c')),
    get(
      'G/microservices/${s}',
      json({
        service: partial({
          microService: partial({ serviceId: '${s}', schemas: ['sch'], properties: { a: 'b' } }),
          instances: [partial({ instanceId: '${i}', properties: { ip: 'x' } })],
          schemaInfos: [{ schemaId: 'sch', summary: 'sum', schema: 'content' }],
          providers: [partial({ serviceId: '${p}' })],
          consumers: [partial({ serviceId: '${c}' })],
          tags: { k: 'v' },
          microServiceVersions: setOf('1.0.0', '2.0.0'),
        }),
      }),
      { withinMs: dependencyMs },
    ),
  ),
  about(
    'govern-service',
    '01 §4.10',
    'the rules of a service',
    service('s'),
    post(
      'R/microservices/${s}/rules',
      { rules: [{ ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a' }] },
      json(anything),
    ),
    get(
      'G/microservices/${s}',
      json({ service: partial({ rules: [partial({ attribute: 'tag_a' })] }) }),
    ),
  ),
  about(
    'govern-service',
    '01 §4.10',
    'an unknown service, and one of another domain',
    service('s'),
    get('G/microservices/none', refused(400012, 'Service does not exist.')),
    get('G/microservices/${s}', refused(400012), {
      headers: { 'X-Domain-Name': '${domain}-other' },
    }),
  ),
  about(
    'govern-services',
    '01 §4.10',
    'nothing there',
    get('G/microservices', json({})),
    get(
      'G/microservices?options=all',
      json({ statistics: { services: {}, instances: {}, apps: {} } }),
    ),
  ),
  about(
    'govern-services',
    '01 §4.10',
    'without options only the services, without schemas',
    service('s', { schemas: ['x'], properties: { a: 'b' } }),
    post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done),
    get(
      'G/microservices',
      json({
        allServicesDetail: [
          {
            microService: partial({
              serviceId: '${s}',
              schemas: absent,
              properties: { a: 'b' },
            }),
          },
        ],
      }),
    ),
    get('G/microservices?options=nope', json({ allServicesDetail: [{ microService: anything }] })),
    get('G/microservices?options=TAGS', json({ allServicesDetail: [{ microService: anything }] })),
  ),
  about(
    'govern-services',
    '01 §4.10',
    'each option adds its part',
    service('s', { schemas: ['sch'] }),
    put('R/microservices/${s}/schemas/sch', { schema: 'content', summary: 'sum' }, done),
    post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done),
    instance('i', 's', { properties: { a: 'b' } }),
    get(
      'G/microservices?options=tags',
      json({ allServicesDetail: [{ microService: anything, ...detailMembers }] }),
    ),
    get(
      'G/microservices?options=instances',
      json({
        allServicesDetail: [
          {
            microService: anything,
            instances: [partial({ instanceId: '${i}', properties: absent })],
          },
        ],
      }),
    ),
    get(
      'G/microservices?options=schemas',
      json({
        allServicesDetail: [
          {
            microService: anything,
            schemaInfos: [{ schemaId: 'sch', summary: 'sum', schema: 'content' }],
          },
        ],
      }),
    ),
    get(
      'G/microservices?options=statistics',
      json({
        statistics: {
          services: { count: 1, onlineCount: 1 },
          instances: { count: 1, countByDomain: 1 },
          apps: { count: 1 },
        },
      }),
    ),
    get(
      'G/microservices?options=tags,instances',
      json({
        allServicesDetail: [{ microService: anything, ...detailMembers, instances: [anything] }],
      }),
    ),
    get(
      'G/microservices?options=all',
      json({
        allServicesDetail: [
          partial({ ...detailMembers, instances: [anything], schemaInfos: [anything] }),
        ],
        statistics: anything,
      }),
    ),
  ),
  about(
    'govern-services',
    '01 §4.10',
    'dependencies without itself',
    service('c'),
    service('p'),
    get('R/instances?appId=app&serviceName=p', json({}), as('c')),
    get('R/instances?appId=app&serviceName=c', json({}), as('c')),
    get(
      'G/microservices?options=dependencies&serviceName=c',
      json({
        allServicesDetail: [
          {
            microService: partial({ serviceId: '${c}' }),
            providers: [partial({ serviceId: '${p}' })],
          },
        ],
      }),
      { withinMs: dependencyMs },
    ),
    get(
      'G/microservices?options=dependencies&serviceName=p',
      json({
        allServicesDetail: [
          {
            microService: partial({ serviceId: '${p}' }),
            consumers: [partial({ serviceId: '${c}' })],
          },
        ],
      }),
      { withinMs: dependencyMs },
    ),
  ),
  about(
    'govern-services',
    '01 §4.10',
    'filters are exact and all of them count',
    service('a', { properties: { color: 'red', size: 'xl', empty: '' } }),
    service('b', { appId: 'app2', environment: 'production', properties: { color: 'red' } }),
    ...(
      [
        ['appId=app2', 'b'],
        ['serviceName=a', 'a'],
        ['env=production', 'b'],
        ['property=size:xl', 'a'],
        ['property=color:red&property=size:xl', 'a'],
        ['property=empty', 'a'],
        ['property=empty:', 'a'],
        ['appId=app&serviceName=a', 'a'],
      ] as const
    ).map(([query, name]) =>
      get(
        `G/microservices?${query}`,
        json({
          allServicesDetail: [{ microService: partial({ serviceId: `\${${name}}` }) }],
        }),
      ),
    ),
    ...[
      'appId=nope',
      'serviceName=A',
      'env=testing',
      'env=dev',
      'property=nope:x',
      'property=color',
      'property=color:red&property=size:s',
    ].map((query) => get(`G/microservices?${query}`, json({}))),
    get('G/microservices?env=', json({ allServicesDetail: setOf(anything, anything) })),
  ),
  about(
    'govern-services',
    '01 §4.10',
    'only counts of instances',
    service('s'),
    instance('i', 's'),
    get(
      'G/microservices?countOnly=1&options=instances',
      json({
        allServicesDetail: [{ microService: anything, statics: { instances: { count: 1 } } }],
      }),
    ),
    get(
      'G/microservices?countOnly=1',
      json({ allServicesDetail: [{ microService: anything, statics: {} }] }),
    ),
    get('G/microservices?countOnly=2', refused(400001, 'parameter countOnly must be 1 or 0')),
  ),
  about(
    'govern-relations',
    '01 §4.10',
    'nothing there',
    get('G/relations', json({ nodes: null, lines: null, circles: null })),
  ),
  about(
    'govern-relations',
    '01 §4.10',
    'a node a service, a line a dependency, none to itself',
    service('c'),
    service('p'),
    get('R/instances?appId=app&serviceName=p', json({}), as('c')),
    get('R/instances?appId=app&serviceName=c', json({}), as('c')),
    get(
      'G/relations',
      json({
        nodes: setOf(
          {
            id: '${c}',
            name: 'c',
            appId: 'app',
            version: '1.0.0',
            type: '',
            color: '',
            position: '',
          },
          partial({ id: '${p}' }),
        ),
        lines: [
          {
            from: partial({ id: '${c}', name: 'c' }),
            to: {
              id: '${p}',
              name: 'p',
              appId: '',
              version: '',
              type: '',
              color: '',
              position: '',
            },
            type: '',
            color: '',
            descriptor: '',
          },
        ],
        circles: null,
      }),
      { withinMs: dependencyMs },
    ),
  ),
  about(
    'govern-apps',
    '01 §4.10',
    'those of one environment, and the empty one is one',
    get('G/apps', json({})),
    service('a', { appId: 'one' }),
    service('b', { appId: 'two' }),
    service('d', { appId: 'two', version: '2.0.0' }),
    service('e', { appId: 'three', environment: 'production' }),
    get('G/apps', json({ appIds: setOf('one', 'two') })),
    get('G/apps?env=production', json({ appIds: ['three'] })),
    get('G/apps?env=testing', json({})),
  ),
  about(
    'govern-statistics',
    '01 §4.10',
    'counts of names, of names with instances, of instances and of apps',
    get('G/statistics', json({ statistics: { services: {}, instances: {}, apps: {} } })),
    service('a', { appId: 'one' }),
    service('b', { serviceName: 'a', appId: 'one', version: '2.0.0' }),
    service('d', { appId: 'two' }),
    service('e', { environment: 'production' }),
    instance('i', 'a'),
    instance('j', 'b'),
    instance('k', 'e'),
    get(
      'G/statistics',
      json({
        statistics: {
          services: { count: 3, onlineCount: 2 },
          instances: { count: 3, countByDomain: 3 },
          apps: { count: 3 },
        },
      }),
    ),
  ),
];
