import type { ConformanceCase } from '../case/case.ts';
import { anything, including, like, partial } from '../case/pattern.ts';
import { done, get, json } from '../case/steps.ts';
import { about } from './setup.ts';

const versionObject = {
  version: like(/./),
  buildTag: like(/./),
  goVersion: like(/./),
  os: like(/./),
  arch: like(/./),
};

const inDefault = { headers: { 'X-Domain-Name': 'default' } };

const selfInstance = partial({
  instanceId: anything,
  serviceId: anything,
  endpoints: including(like(/^rest:\/\/.+/)),
  status: 'UP',
});

/** What the server says of itself (spec 01 §4.1). */
export const serverDescriptionCases: readonly ConformanceCase[] = [
  {
    ...about(
      'version',
      '01 §4.1',
      'the fourth version',
      get('R/version', json({ ...versionObject, apiVersion: '4.0.0' })),
      get('/v4/whatever/registry/version', json({ ...versionObject, apiVersion: '4.0.0' })),
      get('R/version?rev=1&noCache=1&x=y', json(anything), { headers: { 'X-Domain-Name': null } }),
    ),
    forms: ['v4'],
  },
  about(
    'version',
    '01 §4.1',
    'the third version',
    get('/version', json({ ...versionObject, apiVersion: '3.0.0' })),
  ),
  about(
    'health',
    '01 §4.1',
    "the registry's own instances, whoever asks",
    get('R/health', json({ instances: including(selfInstance) })),
    get('R/health', json({ instances: including(selfInstance) }), {
      headers: { 'X-Domain-Name': null },
    }),
    get('/v4/p2/registry/health', json({ instances: including(selfInstance) })),
  ),
  about(
    'health',
    '01 §7',
    "the registry's own service",
    get('R/health', json(anything), { capture: { own: 'instances.0.serviceId' } }),
    get(
      'R/microservices/${own}',
      json({
        service: partial({
          appId: 'default',
          serviceName: 'SERVICECENTER',
          alias: 'SERVICECENTER',
          level: 'BACK',
          status: 'UP',
          properties: { allowCrossApp: 'true' },
          environment: like(/^(?:development|production)$/),
        }),
      }),
      inDefault,
    ),
  ),
  about('readiness', '01 §4.1', 'ready', get('R/health/readiness', done)),
];
