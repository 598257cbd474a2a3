import type { ConformanceCase } from '../case/case.ts';
import { absent, including, partial, setOf } from '../case/pattern.ts';
import { done, get, json, put, refused } from '../case/steps.ts';
import { about, service } from './setup.ts';

const unknownService = refused(400012, 'Service does not exist.');
const nobody = 'R/microservices/none';

/** Listing and reading services, and their properties (spec 01 §4.3). */
export const serviceCases: readonly ConformanceCase[] = [
  about('list-services', '01 §4.3', 'an unknown domain has none', get('R/microservices', json({}))),
  about(
    'list-services',
    '01 §4.3',
    'every service of the tenant, every environment',
    service('s'),
    service('t', { environment: 'production' }),
    get(
      'R/microservices',
      json({ services: setOf(partial({ serviceId: '${s}' }), partial({ serviceId: '${t}' })) }),
    ),
  ),
  about(
    'list-services',
    '04 §1.4',
    "the registry's own service is listed only when it is asked for",
    get(
      'R/microservices?withShared=true',
      json(
        partial({
          services: including(partial({ serviceName: 'SERVICECENTER', appId: 'default' })),
        }),
      ),
      { headers: { 'X-Domain-Name': 'default' } },
    ),
  ),
  about('get-service', '01 §4.3', 'an unknown id', get(nobody, unknownService)),
  about(
    'service-properties',
    '01 §4.3',
    'the whole map is replaced',
    service('s', { properties: { a: '1', b: '2' } }),
    put('R/microservices/${s}/properties', { properties: { c: '3' } }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: { c: '3' } }) })),
    put('R/microservices/${s}/properties', { properties: {} }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: absent }) })),
    put('R/microservices/${s}/properties', { properties: { d: '4' } }, done),
    put('R/microservices/${s}/properties', { properties: null }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: absent }) })),
    put('R/microservices/${s}/properties', { PROPERTIES: { e: '5' } }, done),
    put('R/microservices/${s}/properties', {}, done),
    get('R/microservices/${s}', json({ service: partial({ properties: absent }) })),
  ),
  about(
    'service-properties',
    '01 §4.3',
    'a framework in the body changes nothing',
    service('s', { framework: { name: 'f', version: '1' } }),
    put(
      'R/microservices/${s}/properties',
      { properties: { a: 'b' }, framework: { name: 'g', version: '2' } },
      done,
    ),
    get(
      'R/microservices/${s}',
      json({ service: partial({ framework: { name: 'f', version: '1' } }) }),
    ),
  ),
  about(
    'service-properties',
    '01 §12 row 4',
    'an id in the body does not lead elsewhere',
    service('s'),
    service('t'),
    put('R/microservices/${s}/properties', { serviceId: '${t}', properties: { a: 'b' } }, done),
    get('R/microservices/${s}', json({ service: partial({ properties: { a: 'b' } }) })),
    get('R/microservices/${t}', json({ service: partial({ properties: absent }) })),
  ),
  about(
    'service-properties',
    '01 §4.3',
    'an unknown service',
    put(`${nobody}/properties`, { properties: { a: 'b' } }, unknownService),
    put(`${nobody}/properties`, { wrongtype: {} }, unknownService),
  ),
];
