import type { ConformanceCase } from '../case/case.ts';
import { anything, revisionForm } from '../case/pattern.ts';
import { done, get, json, notModified, post, refused } from '../case/steps.ts';
import { about, as, instance, service } from './setup.ts';

const register = 'R/microservices/${s}/instances';
const one = 'R/microservices/${s}/instances/${i}';
const withRevision = { 'x-resource-revision': revisionForm };

/** Listing the instances of a service and reading one (spec 01 §4.7). */
export const instanceReadingCases: readonly ConformanceCase[] = [
  about(
    'list-instances',
    '01 §4.7',
    'none is an empty object with a revision',
    service('s'),
    get(register, json({}, withRevision), { capture: { rev: 'header:x-resource-revision' } }),
    get(`${register}?rev=\${rev}`, notModified('${rev}')),
  ),
  about(
    'list-instances',
    '01 §4.7',
    'an unknown consumer, an unknown provider',
    service('s'),
    get(register, refused(400012, 'Consumer[nobody] does not exist.'), {
      headers: { 'X-ConsumerId': 'nobody' },
    }),
    get('R/microservices/none/instances', refused(400012, 'Provider[none] does not exist.')),
  ),
  about(
    'list-instances',
    '01 §4.7',
    'a provider that lacks a tag is filtered out',
    service('s'),
    instance('i', 's'),
    get(`${register}?tags=zone`, refused(400012)),
    post('R/microservices/${s}/tags', { tags: { zone: 'a', rack: 'b' } }, done),
    get(`${register}?tags=zone`, json({ instances: [anything] })),
    get(`${register}?tags=rack,zone`, json({ instances: [anything] })),
    get(`${register}?tags=zone,other`, refused(400012)),
    get(`${register}?tags=`, json({ instances: [anything] })),
  ),
  about(
    'get-instance',
    '01 §4.7',
    'by its exact id',
    service('s'),
    instance('i', 's', { instanceId: 'long-id' }),
    get('R/microservices/${s}/instances/long-id', json(anything, withRevision)),
    get('R/microservices/${s}/instances/long', refused(400017)),
    get('R/microservices/${s}/instances/XX', refused(400017)),
    get('R/microservices/XX/instances/long-id', refused(400012)),
  ),
  about(
    'get-instance',
    '01 §4.7',
    'not modified, filtered by a tag, unknown consumer',
    service('s'),
    instance('i', 's'),
    get(one, json(anything, withRevision), { capture: { rev: 'header:x-resource-revision' } }),
    get(`${one}?rev=\${rev}`, notModified('${rev}')),
    get(`${one}?rev=x`, json(anything, { 'x-resource-revision': '${rev}' })),
    get(`${one}?tags=zone`, refused(400017)),
    get(one, refused(400012), { headers: { 'X-ConsumerId': 'nobody' } }),
    get(one, json(anything), as('s')),
  ),
];
