import type { ConformanceCase, HttpStep } from '../case/case.ts';
import { anything, partial, setOf } from '../case/pattern.ts';
import { done, get, json, notModified, post, refused } from '../case/steps.ts';
import { captureRevision, find, foundNone, foundOne, withRevision } from './find-request.ts';
import { about, as, instance, service } from './setup.ts';

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

/** Finding the instances of a provider (spec 04 §1). */
export const findCases: readonly ConformanceCase[] = [
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
