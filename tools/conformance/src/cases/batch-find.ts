import type { ConformanceCase } from '../case/case.ts';
import { absent, anything, like, partial, revisionForm, setOf } from '../case/pattern.ts';
import { get, json, post, refused } from '../case/steps.ts';
import { find } from './find-request.ts';
import { about, as, dependencyMs, instance, service } from './setup.ts';

const batch = 'R/instances/action?type=query';
const keyOf = (name: string): { readonly [member: string]: string } => ({
  appId: 'app',
  serviceName: name,
});

/** Many finds in one request (spec 04 §1.11). */
export const batchFindCases: readonly ConformanceCase[] = [
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
        instances: [{ instance: { serviceId: '${p}', instanceId: '${i}' }, rev: '${ri}' }],
      },
      json({
        services: { notModified: [1], updated: [partial({ index: 0, rev: '${rs}' })] },
        instances: { notModified: [0] },
      }),
    ),
    get(find, json(anything, { 'x-resource-revision': '${rs}' })),
    post(
      `${batch}&rev=\${rs}`,
      { services: [{ service: keyOf('p') }] },
      json({ services: { updated: [anything] } }),
    ),
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
    get('R/microservices/${c}/providers', json({ providers: [partial({ serviceId: '${p}' })] }), {
      withinMs: dependencyMs,
    }),
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
