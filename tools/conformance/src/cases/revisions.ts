import type { ConformanceCase, Expectation, HttpStep } from '../case/case.ts';
import { anything } from '../case/pattern.ts';
import { done, get, json, notModified, put, send } from '../case/steps.ts';
import { captureRevision, find, foundOne, withRevision } from './find-request.ts';
import { about, instance, service } from './setup.ts';

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

/** What a flag does that is switched on by `1` or `true` alone (spec 01 §1.6). */
function flagCases(flag: string): ConformanceCase[] {
  const withFlag = (title: string, value: string, expected: Expectation): ConformanceCase =>
    about(
      'common-parameters',
      '01 §1.6',
      `${flag}=${value} ${title}`,
      service('p'),
      instance('i', 'p'),
      get(find, foundOne, captureRevision),
      get(`${find}&${flag}=${value}&rev=\${rev}`, expected),
    );
  return [
    withFlag('switches the revision off', '1', foundOne),
    withFlag('switches the revision off', 'true', foundOne),
    withFlag('switches the revision off', 'TRUE', foundOne),
    withFlag('switches the revision off', '%20true%20', foundOne),
    withFlag('leaves it on', '0', notModified('${rev}')),
    withFlag('leaves it on', 'false', notModified('${rev}')),
    withFlag('leaves it on', 'yes', notModified('${rev}')),
    withFlag('leaves it on', '', notModified('${rev}')),
  ];
}

/** Revisions, and the parameters of every read (spec 01 §1.6; 04 §1.9). */
export const revisionCases: readonly ConformanceCase[] = [
  changeCase('another instance', instance('j', 'p')),
  changeCase(
    'a status',
    put('R/microservices/${p}/instances/one/status?value=DOWN', undefined, done),
  ),
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
  ...['noCache', 'cacheOnly'].flatMap(flagCases),
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
