import type { ConformanceCase, HttpStep } from '../case/case.ts';
import { absent, anything, like, partial, revisionForm, setOf } from '../case/pattern.ts';
import { done, get, json, notModified, post, put, refused, send } from '../case/steps.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const find = 'R/instances?appId=app&serviceName=p';
const withRevision = { 'x-resource-revision': revisionForm };
const foundOne = json({ instances: [partial({ instanceId: '${i}' })] }, withRevision);
const foundNone = json({}, withRevision);
const captureRevision = { capture: { rev: 'header:x-resource-revision' } };

/** Three versions of one provider, each with an instance that is named after it. */
const threeVersions: readonly HttpStep[] = [
  ['v1', '1.0.0'],
  ['v2', '1.0.1'],
  ['v3', '1.10.0'],
].flatMap(([name = '', version = '']) => [
  service(name, { serviceName: 'p', version }),
  instance(`i${name}`, name, { instanceId: name }),
]);

function byRule(rule: string, ...versions: readonly string[]): ConformanceCase {
  const expected =
    versions.length === 0
      ? foundNone
      : json(
          { instances: versions.map((version) => partial({ instanceId: version })) },
          withRevision,
        );
  return about(
    'find-instances',
    '04 §1.6',
    `version ${rule} is ${versions.length === 0 ? 'none' : versions.join(', ')}`,
    ...threeVersions,
    get(`${find}&version=${encodeURIComponent(rule)}`, expected),
  );
}

const finding: ConformanceCase[] = [
  about(
    'find-instances',
    '01 §4.7',
    'nobody by that name',
    get(find, {
      status: 400,
      body: {
        kind: 'text',
        // A client looks for this very text (spec 01 §11).
        is: /^\{"errorCode":"400012","errorMessage":"Micro-service does not exist","detail":".*provider does not exist.*"\}$/,
      },
    }),
  ),
  about(
    'find-instances',
    '01 §4.7',
    'a provider without instances',
    service('p'),
    get(find, foundNone, captureRevision),
    get(`${find}&rev=\${rev}`, notModified('${rev}')),
  ),
  byRule('latest', 'v3'),
  byRule('0+', 'v3', 'v2', 'v1'),
  byRule('0%2B', 'v3', 'v2', 'v1'),
  byRule('1.0.0+', 'v3', 'v2', 'v1'),
  byRule('1.0.1+', 'v3', 'v2'),
  byRule('1.0.0-1.0.1', 'v1'),
  byRule('1.0.1-1.0.0', 'v1'),
  byRule('1-2', 'v3', 'v2', 'v1'),
  byRule('1.0.1', 'v2'),
  byRule('', 'v3', 'v2', 'v1'),
  byRule('3.0.0+'),
  byRule('2-4'),
  about(
    'find-instances',
    '04 §1.6',
    'an exact version that is not registered, also when it means the same number',
    ...threeVersions,
    get(`${find}&version=2.0.0`, refused(400012)),
    get(`${find}&version=1.0`, refused(400012)),
  ),
  about(
    'find-instances',
    '04 §1.6',
    'the parts of a version count as numbers',
    ...Array.from({ length: 10 }, (_, index) => index + 1).flatMap((minor) => [
      service(`v${minor}`, { serviceName: 'p', version: `1.${minor}` }),
      instance(`i${minor}`, `v${minor}`, { instanceId: `v${minor}` }),
    ]),
    ...(
      [
        ['1.4-1.8', [7, 6, 5, 4]],
        ['1.8-1.4', [7, 6, 5, 4]],
        ['1.4.1-1.9.1', [9, 8, 7, 6, 5]],
        ['1.6+', [10, 9, 8, 7, 6]],
        ['1.5.1+', [10, 9, 8, 7, 6]],
        ['latest', [10]],
      ] as const
    ).map(([rule, minors]) =>
      get(
        `${find}&version=${encodeURIComponent(rule)}`,
        json({ instances: minors.map((minor) => partial({ instanceId: `v${minor}` })) }),
      ),
    ),
  ),
  about(
    'find-instances',
    '04 §1.3',
    'by an alias with a colon',
    service('p', { serviceName: 'real', alias: 'app:p' }),
    instance('i', 'p'),
    get('R/instances?appId=app&serviceName=app%3Ap', foundOne),
    get('R/instances?appId=app&serviceName=real', foundOne),
    get('R/instances?appId=app&serviceName=app%3Ap&version=1.0.0', foundOne),
    get('R/instances?appId=other&serviceName=app%3Ap', refused(400012)),
  ),
  about(
    'find-instances',
    '04 §1.3',
    'a name comes before an alias',
    service('p'),
    instance('i', 'p'),
    service('q', { alias: 'p', version: '2.0.0' }),
    instance('j', 'q'),
    get(find, foundOne),
  ),
  about(
    'find-instances',
    '01 §4.7',
    "with a consumer the environment is the consumer's",
    service('p', { environment: 'production' }),
    instance('i', 'p'),
    service('c', { environment: 'production' }),
    service('d'),
    get(find, foundOne, as('c')),
    get(`${find}&env=testing`, foundOne, as('c')),
    get(find, refused(400012), as('d')),
    get(`${find}&env=production`, refused(400012), as('d')),
    get(`${find}&env=production`, foundOne),
    get(find, refused(400012)),
  ),
  about(
    'find-instances',
    '01 §4.7',
    'an unknown consumer',
    service('p'),
    get(find, refused(400012, 'Consumer[nobody] does not exist.'), {
      headers: { 'X-ConsumerId': 'nobody' },
    }),
  ),
  about(
    'find-instances',
    '04 §1.7',
    'a provider must carry all the tags',
    service('p'),
    instance('i', 'p'),
    get(`${find}&tags=a`, foundNone),
    post('R/microservices/${p}/tags', { tags: { a: 'x', b: 'y' } }, done),
    get(`${find}&tags=a`, foundOne),
    get(`${find}&tags=b,a`, foundOne),
    get(`${find}&tags=a,c`, foundNone),
    get(`${find}&tags=`, foundOne),
  ),
  about(
    'find-instances',
    '04 §1.5',
    'every status is found',
    service('p'),
    ...['UP', 'DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE'].map((status) =>
      instance(status, 'p', { status }),
    ),
    get(
      find,
      json({
        instances: setOf(
          ...['UP', 'DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE'].map((status) =>
            partial({ status }),
          ),
        ),
      }),
    ),
  ),
  about(
    'find-instances',
    '04 §1.4',
    'the registry itself is found from every tenant of its own domain header, by any consumer',
    get(
      'R/instances?appId=default&serviceName=SERVICECENTER',
      json({ instances: [anything] }, withRevision),
      { headers: { 'X-Domain-Name': 'default', 'X-ConsumerId': 'nobody' } },
    ),
  ),
];

function changeCase(title: string, ...change: readonly HttpStep[]): ConformanceCase {
  return about(
    'find-instances',
    '00 decision 5',
    `${title} is no longer "not modified", at once`,
    service('p'),
    instance('i', 'p', { instanceId: 'one' }),
    get(find, json(anything, withRevision), captureRevision),
    get(`${find}&rev=\${rev}`, notModified('${rev}')),
    ...change,
    get(`${find}&rev=\${rev}`, json(anything, withRevision), {
      capture: { rev2: 'header:x-resource-revision' },
    }),
    get(`${find}&rev=\${rev2}`, notModified('${rev2}')),
  );
}

const revisions: ConformanceCase[] = [
  changeCase('another instance', instance('j', 'p')),
  changeCase('a status', put('R/microservices/${p}/instances/one/status?value=DOWN', undefined, done)),
  changeCase(
    'a property',
    put('R/microservices/${p}/instances/one/properties', { properties: { a: 'b' } }, done),
  ),
  changeCase('a missing instance', send('DELETE', 'R/microservices/${p}/instances/one', done)),
  changeCase(
    'another version',
    service('q', { serviceName: 'p', version: '2.0.0' }),
    instance('j', 'q'),
  ),
  about(
    'common-parameters',
    '01 §1.6',
    'a revision is the same while the answer is, and any other one brings the answer',
    service('p'),
    instance('i', 'p'),
    get(find, foundOne, captureRevision),
    get(find, json(anything, { 'x-resource-revision': '${rev}' })),
    get(`${find}&rev=x`, json(anything, { 'x-resource-revision': '${rev}' })),
    get(`${find}&rev=`, json(anything, { 'x-resource-revision': '${rev}' })),
    get(find, foundOne, { headers: { 'X-Resource-Revision': '${rev}' } }),
    get(find, foundOne, { headers: { 'If-None-Match': '${rev}' } }),
  ),
  ...['noCache', 'cacheOnly'].flatMap((flag) => [
    ...['1', 'true', 'TRUE', '%20true%20'].map((value) =>
      about(
        'common-parameters',
        '01 §1.6',
        `${flag}=${value} switches the revision off`,
        service('p'),
        instance('i', 'p'),
        get(find, foundOne, captureRevision),
        get(`${find}&${flag}=${value}&rev=\${rev}`, foundOne),
      ),
    ),
    ...['0', 'false', 'yes', ''].map((value) =>
      about(
        'common-parameters',
        '01 §1.6',
        `${flag}=${value} does not`,
        service('p'),
        instance('i', 'p'),
        get(find, foundOne, captureRevision),
        get(`${find}&${flag}=${value}&rev=\${rev}`, notModified('${rev}')),
      ),
    ),
  ]),
  about(
    'common-parameters',
    '01 §11',
    'any read takes global, noCache and tags along',
    service('s'),
    get('R/microservices?global=true&noCache=1', json({ services: [anything] })),
    get('R/microservices/${s}?cacheOnly=1&tags=a', json(anything)),
    get('R/microservices/${s}/tags?global=1&rev=x', json({})),
  ),
];

/** How a provider that is out of reach looks from each of the routes (spec 04 §1.8). */
const outOfReach: readonly HttpStep[] = [
  get(find, foundNone, as('c')),
  get('R/microservices/${p}/instances', refused(400012), as('c')),
  get('R/microservices/${p}/instances/${i}', refused(400017), as('c')),
];

const inReach: readonly HttpStep[] = [
  get(find, foundOne, as('c')),
  get('R/microservices/${p}/instances', foundOne, as('c')),
  get(
    'R/microservices/${p}/instances/${i}',
    json({ instance: partial({ instanceId: '${i}' }) }, withRevision),
    as('c'),
  ),
];

function ruleCase(
  title: string,
  rule: { readonly ruleType: string; readonly attribute: string; readonly pattern: string },
  isReached: boolean,
): ConformanceCase {
  return about(
    'access',
    '01 §10',
    `${title} ${isReached ? 'lets the consumer through' : 'keeps the consumer out'}`,
    service('p'),
    instance('i', 'p'),
    service('c', { description: 'consumer text' }),
    post('R/microservices/${c}/tags', { tags: { a: 'abc' } }, done),
    ...inReach,
    post('R/microservices/${p}/rules', { rules: [rule] }, json({ RuleIds: [anything] }), {
      capture: { r: 'RuleIds.0' },
    }),
    ...(isReached ? inReach : outOfReach),
    get(find, foundOne),
    send('DELETE', 'R/microservices/${p}/rules/${r}', done),
    ...inReach,
  );
}

const access: ConformanceCase[] = [
  about(
    'access',
    '01 §10',
    'a consumer of another app',
    service('p'),
    instance('i', 'p'),
    service('c', { appId: 'other' }),
    ...outOfReach,
  ),
  ...['true', 'TRUE', 'True'].map((value) =>
    about(
      'access',
      '01 §10',
      `a consumer of another app, with allowCrossApp ${value}`,
      service('p', { properties: { allowCrossApp: value } }),
      instance('i', 'p'),
      service('c', { appId: 'other' }),
      ...inReach,
    ),
  ),
  ...['false', '1', 'yes', ' true'].map((value) =>
    about(
      'access',
      '01 §10',
      `allowCrossApp ${JSON.stringify(value)} is not true`,
      service('p', { properties: { allowCrossApp: value } }),
      instance('i', 'p'),
      service('c', { appId: 'other' }),
      ...outOfReach,
    ),
  ),
  about(
    'access',
    '01 §10',
    'allowCrossApp counts from the moment it is set',
    service('p'),
    instance('i', 'p'),
    service('c', { appId: 'other' }),
    ...outOfReach,
    put('R/microservices/${p}/properties', { properties: { allowCrossApp: 'true' } }, done),
    ...inReach,
  ),
  about(
    'access',
    '01 §10',
    'a consumer of another environment',
    service('p', { properties: { allowCrossApp: 'true' } }),
    instance('i', 'p'),
    service('c', { environment: 'testing' }),
    get('R/microservices/${p}/instances', refused(400012), as('c')),
    get('R/microservices/${p}/instances/${i}', refused(400017), as('c')),
  ),
  ruleCase('WHITE tag that matches', { ruleType: 'WHITE', attribute: 'tag_a', pattern: 'b' }, true),
  ruleCase('WHITE tag that does not', { ruleType: 'WHITE', attribute: 'tag_a', pattern: '^b' }, false),
  ruleCase(
    'WHITE name of nobody',
    { ruleType: 'WHITE', attribute: 'ServiceName', pattern: '^nobody$' },
    false,
  ),
  ruleCase('BLACK version', { ruleType: 'BLACK', attribute: 'Version', pattern: '1.0.0' }, false),
  ruleCase('BLACK tag', { ruleType: 'BLACK', attribute: 'tag_a', pattern: 'b' }, false),
  ruleCase('BLACK tag it lacks', { ruleType: 'BLACK', attribute: 'tag_x', pattern: '.*' }, true),
  ruleCase('BLACK description', { ruleType: 'BLACK', attribute: 'Description', pattern: 'text' }, false),
  ruleCase('BLACK level', { ruleType: 'BLACK', attribute: 'Level', pattern: 'BACK' }, false),
  ruleCase('BLACK broken pattern', { ruleType: 'BLACK', attribute: 'Level', pattern: '(' }, true),
  ruleCase('WHITE broken pattern', { ruleType: 'WHITE', attribute: 'Level', pattern: '(' }, false),
];

/**
 * A pattern over which a backtracking engine would sit for minutes; the patterns of rules are matched in linear time
 * (RE2, spec 01 §6), so that nobody can stop a server by a rule.
 */
const endlessPattern = about(
  'access',
  '01 §10',
  'a pattern with nested repetitions is answered at once',
  service('p'),
  instance('i', 'p'),
  service('c', { description: `${'a'.repeat(33)}!` }),
  post(
    'R/microservices/${p}/rules',
    { rules: [{ ruleType: 'BLACK', attribute: 'Description', pattern: '(a+)+$' }] },
    json({ RuleIds: [anything] }),
  ),
  ...inReach,
);

const batch = 'R/instances/action?type=query';
const keyOf = (name: string): { readonly [member: string]: string } => ({
  appId: 'app',
  serviceName: name,
});

const batchFind: ConformanceCase[] = [
  about(
    'batch-find',
    '01 §4.7',
    'by key and by id, found and not',
    service('p'),
    instance('i', 'p'),
    post(
      batch,
      {
        services: [
          { service: keyOf('p') },
          { service: keyOf('none1') },
          { service: keyOf('none2') },
        ],
        instances: [
          { instance: { serviceId: '${p}', instanceId: '${i}' } },
          { instance: { serviceId: '${p}', instanceId: 'x' } },
          { instance: { serviceId: 'none', instanceId: 'x' } },
        ],
      },
      json({
        services: {
          failed: [
            {
              indexes: [1, 2],
              error: {
                errorCode: '400012',
                errorMessage: 'Micro-service does not exist',
                detail: like(/^(?!Micro-service does not exist\()/),
              },
            },
          ],
          updated: [
            { index: 0, rev: like(revisionForm), instances: [partial({ instanceId: '${i}' })] },
          ],
        },
        instances: {
          failed: setOf(
            { indexes: [1], error: partial({ errorCode: '400017' }) },
            { indexes: [2], error: partial({ errorCode: '400012' }) },
          ),
          updated: [
            { index: 0, rev: like(revisionForm), instances: [partial({ instanceId: '${i}' })] },
          ],
        },
      }),
    ),
  ),
  about(
    'batch-find',
    '01 §4.7',
    'only the parts that were asked for, and no header of a revision',
    service('p'),
    post(
      batch,
      { services: [{ service: keyOf('p') }] },
      json(
        { services: { updated: [{ index: 0, rev: like(revisionForm) }] } },
        { 'x-resource-revision': null },
      ),
    ),
    post(
      batch,
      { instances: [{ instance: { serviceId: '${p}', instanceId: 'x' } }] },
      json({ instances: { failed: [partial({ indexes: [0] })] } }),
    ),
  ),
  about(
    'batch-find',
    '01 §4.7',
    'with the right revision an item is not modified',
    service('p'),
    instance('i', 'p'),
    post(
      batch,
      {
        services: [{ service: keyOf('p') }],
        instances: [{ instance: { serviceId: '${p}', instanceId: '${i}' } }],
      },
      json(anything),
      { capture: { rs: 'services.updated.0.rev', ri: 'instances.updated.0.rev' } },
    ),
    post(
      batch,
      {
        services: [
          { service: keyOf('p'), rev: 'x' },
          { service: keyOf('p'), rev: '${rs}' },
        ],
        instances: [
          { instance: { serviceId: '${p}', instanceId: '${i}' }, rev: '${ri}' },
        ],
      },
      json({
        services: { notModified: [1], updated: [partial({ index: 0, rev: '${rs}' })] },
        instances: { notModified: [0] },
      }),
    ),
    get(find, json(anything, { 'x-resource-revision': '${rs}' })),
    post(`${batch}&rev=\${rs}`, { services: [{ service: keyOf('p') }] }, json({ services: { updated: [anything] } })),
  ),
  about(
    'batch-find',
    '01 §12 row 6',
    'an alias is found too, and a version rule applies',
    service('v1', { serviceName: 'p', alias: 'al' }),
    instance('i1', 'v1'),
    service('v2', { serviceName: 'p', alias: 'al', version: '2.0.0' }),
    instance('i2', 'v2'),
    post(
      batch,
      {
        services: [
          { service: keyOf('al') },
          { service: { ...keyOf('p'), version: 'latest' } },
          { service: { ...keyOf('p'), version: '3+' } },
          { service: { ...keyOf('p'), version: '3.0.0' } },
        ],
      },
      json({
        services: {
          failed: [partial({ indexes: [3], error: partial({ errorCode: '400012' }) })],
          updated: [
            partial({ index: 0, instances: [anything, anything] }),
            partial({ index: 1, instances: [partial({ instanceId: '${i2}' })] }),
            partial({ index: 2, instances: absent }),
          ],
        },
      }),
    ),
  ),
  about(
    'batch-find',
    '01 §10',
    'a consumer that is kept out, and one that nobody knows',
    service('p'),
    instance('i', 'p'),
    service('c', { appId: 'other' }),
    ...(
      [
        ['c', { updated: [{ index: 0, rev: like(revisionForm) }] }, '400017'],
        ['nobody', { failed: [partial({ indexes: [0] })] }, '400012'],
      ] as const
    ).map(([consumer, services, code]) =>
      post(
        batch,
        {
          consumerServiceId: 'ignored',
          services: [{ service: keyOf('p') }],
          instances: [{ instance: { serviceId: '${p}', instanceId: '${i}' } }],
        },
        json({
          services,
          instances: { failed: [{ indexes: [0], error: partial({ errorCode: code }) }] },
        }),
        { headers: { 'X-ConsumerId': consumer === 'c' ? '${c}' : consumer } },
      ),
    ),
  ),
  about(
    'batch-find',
    '04 §1.11',
    'an item records the dependency as a find does',
    service('p'),
    service('c'),
    post(batch, { services: [{ service: keyOf('p') }] }, json(anything), as('c')),
    get(
      'R/microservices/${c}/providers',
      json({ providers: [partial({ serviceId: '${p}' })] }),
      { withinMs: dependencyMs },
    ),
  ),
  about(
    'batch-find',
    '01 §4.7',
    'what is asked must be a query, and for something',
    ...['', '?type=', '?type=update', '?type=QUERY'].map((query) =>
      post(
        `R/instances/action${query}`,
        { services: [{ service: keyOf('p') }] },
        refused(400001, /^Invalid action: /),
      ),
    ),
    post(batch, {}, refused(400001, 'Required services or instances')),
    post(batch, { services: [], instances: [] }, refused(400001, 'Required services or instances')),
    post(batch, { services: [{}] }, refused(400001)),
    post(batch, { services: [null] }, refused(400001)),
    post(batch, { instances: [{}] }, refused(400001)),
  ),
  about(
    'batch-find',
    '04 §1.11',
    'one wrong item refuses all',
    service('p'),
    post(
      batch,
      { services: [{ service: keyOf('p') }, { service: { appId: 'app', serviceName: '-' } }] },
      refused(400001),
    ),
  ),
];

/** Finding instances, one by one and many at once (spec 04 §1). */
export const discoveryCases: readonly ConformanceCase[] = [
  ...finding,
  ...revisions,
  ...access,
  endlessPattern,
  ...batchFind,
];
