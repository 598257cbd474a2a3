import type { ConformanceCase } from '../case/case.ts';
import { anything } from '../case/pattern.ts';
import { done, json, put, sendRaw } from '../case/steps.ts';
import { service } from './setup.ts';

/** How every answer looks (spec 01 §1.8). */
export const responseCases: readonly ConformanceCase[] = [
  {
    route: 'responses',
    title: 'an answer without content is empty text',
    spec: '01 §1.8',
    steps: [service('s'), put('R/microservices/${s}/properties', { properties: {} }, done)],
  },
  {
    route: 'responses',
    title: 'the content type of a request is not checked',
    spec: '01 §1.7',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        { kind: 'raw', text: '{"service":{"serviceName":"s"}}' },
        json({ serviceId: anything }),
        { headers: { 'Content-Type': 'text/plain' } },
      ),
    ],
  },
];
