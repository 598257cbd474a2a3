import type { ConformanceCase, Expectation, RequestBody } from '../case/case.ts';
import { anything } from '../case/pattern.ts';
import { done, get, json, refused, sendRaw } from '../case/steps.ts';
import { instance, service } from './setup.ts';

const registered = json({ serviceId: anything });
const tooLarge = refused(400001, 'http: request body too large');

/** A JSON text of exactly so many bytes, padded inside the given texts. */
function padded(head: string, tail: string, bytes: number): RequestBody {
  return { kind: 'raw', text: `${head}\${fill:${bytes - head.length - tail.length}}${tail}` };
}

function limitCases(
  title: string,
  bytes: number,
  method: string,
  path: string,
  [head, tail]: readonly [string, string],
  accepted: Expectation,
): ConformanceCase[] {
  const setup = [service('s'), instance('i', 's')];
  return [
    {
      route: 'body-limits',
      title: `${title}: ${bytes} bytes are read`,
      spec: '01 §8',
      steps: [...setup, sendRaw(method, path, padded(head, tail, bytes), accepted)],
    },
    {
      route: 'body-limits',
      title: `${title}: ${bytes + 1} bytes are too many`,
      spec: '01 §8',
      steps: [...setup, sendRaw(method, path, padded(head, tail, bytes + 1), tooLarge)],
    },
    {
      route: 'body-limits',
      title: `${title}: ${bytes + 1} bytes in chunks are too many`,
      spec: '01 §8',
      steps: [
        ...setup,
        sendRaw(
          method,
          path,
          {
            kind: 'chunked',
            chunks: [head, `\${fill:${bytes + 1 - head.length - tail.length}}`, tail],
          },
          tooLarge,
        ),
      ],
    },
  ];
}

const propertiesText = ['{"properties":{"p":"', '"}}'] as const;

/** How large a body may be (spec 01 §8). */
export const bodyLimitCases: readonly ConformanceCase[] = [
  ...limitCases(
    'registration of an instance',
    5120,
    'POST',
    'R/microservices/${s}/instances',
    ['{"instance":{"hostName":"h","properties":{"p":"', '"}}}'],
    json({ instanceId: anything }),
  ),
  ...limitCases(
    'properties of a service',
    3072,
    'PUT',
    'R/microservices/${s}/properties',
    propertiesText,
    done,
  ),
  ...limitCases(
    'properties of an instance',
    3072,
    'PUT',
    'R/microservices/${s}/instances/${i}/properties',
    propertiesText,
    done,
  ),
  ...limitCases(
    'any other body',
    2_097_152,
    'POST',
    'R/microservices',
    // In a member that nobody knows: how much a store takes in one write is another matter, with etcd less than this.
    ['{"filling":"', '","service":{"serviceName":"large"}}'],
    registered,
  ),
  {
    route: 'body-limits',
    title: 'a chunked body is read like any other',
    spec: '01 §8',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        { kind: 'chunked', chunks: ['{"service":', '{"serviceName":"s"', '}}'] },
        registered,
      ),
    ],
  },
  {
    route: 'body-limits',
    title: 'headers of 12,000 bytes are read, of 40,000 are too many',
    spec: '01 §8',
    steps: [
      get('R/microservices', json({}), { headers: { 'X-Long': 'h'.repeat(12_000) } }),
      get(
        'R/microservices',
        { status: 431, isBeforeRegistry: true },
        { headers: { 'X-Long': 'h'.repeat(40_000) } },
      ),
    ],
  },
  {
    route: 'body-limits',
    title: 'a body that is too large stores nothing',
    spec: '01 §8',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        padded('{"service":{"serviceName":"s","properties":{"p":"', '"}}}', 2_097_153),
        tooLarge,
      ),
      get('R/microservices', json({})),
    ],
  },
];
