import type { ConformanceCase, HttpStep } from '../case/case.ts';
import { anything, partial } from '../case/pattern.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { find, foundNone, foundOne, withRevision } from './find-request.ts';
import { about, as, instance, service } from './setup.ts';

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

/** Who may reach a provider (spec 01 §10; 04 §1.8). */
export const accessCases: readonly ConformanceCase[] = [
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
  endlessPattern,
  ruleCase('WHITE tag that matches', { ruleType: 'WHITE', attribute: 'tag_a', pattern: 'b' }, true),
  ruleCase(
    'WHITE tag that does not',
    { ruleType: 'WHITE', attribute: 'tag_a', pattern: '^b' },
    false,
  ),
  ruleCase(
    'WHITE name of nobody',
    { ruleType: 'WHITE', attribute: 'ServiceName', pattern: '^nobody$' },
    false,
  ),
  ruleCase('BLACK version', { ruleType: 'BLACK', attribute: 'Version', pattern: '1.0.0' }, false),
  ruleCase('BLACK tag', { ruleType: 'BLACK', attribute: 'tag_a', pattern: 'b' }, false),
  ruleCase('BLACK tag it lacks', { ruleType: 'BLACK', attribute: 'tag_x', pattern: '.*' }, true),
  ruleCase(
    'BLACK description',
    { ruleType: 'BLACK', attribute: 'Description', pattern: 'text' },
    false,
  ),
  ruleCase('BLACK level', { ruleType: 'BLACK', attribute: 'Level', pattern: 'BACK' }, false),
  ruleCase('BLACK broken pattern', { ruleType: 'BLACK', attribute: 'Level', pattern: '(' }, true),
  ruleCase('WHITE broken pattern', { ruleType: 'WHITE', attribute: 'Level', pattern: '(' }, false),
];
