import type { ConformanceCase } from '../case/case.ts';
import { done, get, json, put, refused } from '../case/steps.ts';
import { about, service } from './setup.ts';

/** Whether a service or a schema exists (spec 01 §4.2). */
export const existenceCases: readonly ConformanceCase[] = [
  about(
    'existence',
    '01 §4.2',
    'a service by its name, its alias, its environment',
    service('s', { alias: 'al:s' }),
    service('t', { serviceName: 's', environment: 'testing', version: '2.0.0' }),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=1.0.0',
      json({ serviceId: '${s}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=al%3As&version=1.0.0',
      json({ serviceId: '${s}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=2.0.0&env=testing',
      json({ serviceId: '${t}' }),
    ),
  ),
  about(
    'existence',
    '01 §4.2',
    'an unknown name, app or environment',
    service('s'),
    get(
      'R/existence?type=microservice&appId=app&serviceName=nope&version=1.0.0',
      refused(400012, '/app/nope/1.0.0 does not exist.'),
    ),
    get(
      'R/existence?type=microservice&appId=nope&serviceName=s&version=1.0.0',
      refused(400012, '/nope/s/1.0.0 does not exist.'),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=1.0.0&env=production',
      refused(400012, 'production/app/s/1.0.0 does not exist.'),
    ),
  ),
  about(
    'existence',
    '01 §4.2',
    'a version that the name does not have',
    service('s', { alias: 'al' }),
    get(
      'R/existence?type=microservice&appId=app&serviceName=s&version=9.9.9',
      refused(400026, '/app/s/9.9.9 version mismatch.'),
    ),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=1.0', refused(400026)),
    get('R/existence?type=microservice&appId=app&serviceName=al&version=9.9.9', refused(400026)),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=2.0%2B', refused(400026)),
    get('R/existence?type=microservice&appId=app&serviceName=s&version=2-3', refused(400026)),
  ),
  about(
    'existence',
    '00 decision 2',
    'a version rule finds the newest that it takes',
    service('v1'),
    service('v2', { serviceName: 'v1', version: '1.9.0' }),
    service('v3', { serviceName: 'v1', version: '1.10.0' }),
    get(
      'R/existence?type=microservice&appId=app&serviceName=v1&version=latest',
      json({ serviceId: '${v3}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=v1&version=1.0.0%2B',
      json({ serviceId: '${v3}' }),
    ),
    get(
      'R/existence?type=microservice&appId=app&serviceName=v1&version=1.0.0-1.10.0',
      json({ serviceId: '${v2}' }),
    ),
  ),
  ...['', '&type=', '&type=Microservice', '&type=other'].map((type) =>
    about(
      'existence',
      '01 §4.2',
      `the type ${JSON.stringify(type)} is none`,
      get(
        `R/existence?appId=app&serviceName=s&version=1.0.0${type}`,
        refused(400001, 'Only micro-service and schema can be used as type.'),
      ),
    ),
  ),
  about(
    'existence',
    '01 §4.2',
    'a schema with and without a summary',
    service('s'),
    put('R/microservices/${s}/schemas/a', { schema: 'x', summary: 'sum' }, done),
    put('R/microservices/${s}/schemas/b', { schema: 'x' }, done),
    get(
      'R/existence?type=schema&serviceId=${s}&schemaId=a',
      json({ serviceId: '${s}', schemaId: 'a' }, { 'x-schema-summary': 'sum' }),
    ),
    get(
      'R/existence?type=schema&serviceId=${s}&schemaId=b',
      json({ serviceId: '${s}', schemaId: 'b' }, { 'x-schema-summary': '' }),
    ),
    get('R/existence?type=schema&serviceId=${s}&schemaId=c', refused(400016)),
    get(
      'R/existence?type=schema&serviceId=none&schemaId=a',
      refused(400012, /^service does not exist\.?$/i),
    ),
  ),
];
