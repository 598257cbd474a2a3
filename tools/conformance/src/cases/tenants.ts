import type { ConformanceCase } from '../case/case.ts';
import { anything, partial } from '../case/pattern.ts';
import { get, json, post, refused, send } from '../case/steps.ts';
import { service } from './setup.ts';

const other = { headers: { 'X-Domain-Name': '${domain}-other' } };

/** Domains and projects (spec 01 §1.5). */
export const tenantCases: readonly ConformanceCase[] = [
  {
    route: 'tenants',
    title: 'domains see nothing of each other',
    spec: '01 §1.5',
    steps: [
      service('s'),
      get('R/microservices', json({}), other),
      get('R/microservices/${s}', refused(400012), other),
      post('R/microservices/${s}/tags', { tags: { k: 'v' } }, refused(400012), other),
      send('DELETE', 'R/microservices/${s}?force=true', refused(400012), other),
      get('R/microservices/${s}', json(anything)),
    ],
  },
  {
    route: 'tenants',
    title: 'projects see nothing of each other',
    spec: '01 §1.5',
    steps: [
      service('s'),
      get('/v4/p2/registry/microservices', json({})),
      get('/v4/p2/registry/microservices/${s}', refused(400012)),
      post(
        '/v4/p2/registry/microservices',
        { service: { serviceName: 's', appId: 'app', version: '1.0.0' } },
        json({ serviceId: anything }),
        { capture: { s2: 'serviceId' } },
      ),
      get('/v4/p2/registry/microservices', json({ services: [partial({ serviceId: '${s2}' })] })),
      get('R/microservices', json({ services: [partial({ serviceId: '${s}' })] })),
    ],
    forms: ['v4'],
  },
  {
    route: 'tenants',
    title: 'the third version takes the tenant header first, and its project is default',
    spec: '01 §1.5',
    steps: [
      post(
        '/registry/v3/microservices',
        { service: { serviceName: 's' } },
        json({ serviceId: anything }),
        {
          headers: { 'X-Tenant-Name': '${domain}-t', 'X-Domain-Name': '${domain}-u' },
          capture: { s: 'serviceId' },
        },
      ),
      get('/v4/default/registry/microservices/${s}', json(anything), {
        headers: { 'X-Domain-Name': '${domain}-t' },
      }),
      get('/registry/v3/microservices', json({}), { headers: { 'X-Domain-Name': '${domain}-u' } }),
      get('/registry/v3/microservices/${s}', json(anything), {
        headers: { 'X-Domain-Name': '${domain}-t' },
      }),
      get('/registry/v3/microservices/${s}', json(anything), {
        headers: { 'X-Tenant-Name': '', 'X-Domain-Name': '${domain}-t' },
      }),
    ],
  },
  {
    route: 'tenants',
    title: 'the fourth version does not read the tenant header',
    spec: '01 §1.5',
    forms: ['v4'],
    steps: [
      service('s'),
      get('R/microservices/${s}', json(anything), { headers: { 'X-Tenant-Name': '${domain}-t' } }),
    ],
  },
  {
    route: 'tenants',
    title: 'without a header, or with an empty one, the domain is default',
    spec: '01 §1.5',
    forms: ['v4'],
    steps: [
      service('s'),
      get('R/microservices/${s}', refused(400012), { headers: { 'X-Domain-Name': null } }),
      get('R/microservices/${s}', refused(400012), { headers: { 'X-Domain-Name': '' } }),
    ],
  },
  ...tenantEdges(),
];

/** Both sides of the rule for the two parts of a tenant (spec 00, decision 15). */
function tenantEdges(): ConformanceCase[] {
  const words: readonly (readonly [string, boolean])[] = [
    ['d'.repeat(160), true],
    ['d'.repeat(161), false],
    ['a b', false],
    ['a/b', false],
    ['.', false],
    ['..', false],
    ['a.b:c@d', true],
  ];
  return words.flatMap(([word, isRight]): ConformanceCase[] => {
    const about = word.length > 20 ? `${word.length} characters` : JSON.stringify(word);
    const end = isRight ? 'accepted' : 'refused';
    const domain: ConformanceCase = {
      route: 'tenants',
      title: `a domain of ${about} is ${end}`,
      spec: '00 decision 15',
      steps: [
        get('R/microservices', isRight ? json({}) : refused(400001), {
          headers: { 'X-Domain-Name': word },
        }),
      ],
    };
    if (word === '.' || word === '..' || word.includes('/')) return [domain];
    return [
      domain,
      {
        route: 'tenants',
        title: `a project of ${about} is ${end}`,
        spec: '00 decision 15',
        steps: [
          get(
            `/v4/${encodeURIComponent(word)}/registry/microservices`,
            isRight ? json({}) : refused(400001),
          ),
        ],
      },
    ];
  });
}
