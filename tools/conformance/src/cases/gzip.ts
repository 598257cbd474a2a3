import type { ConformanceCase } from '../case/case.ts';
import { anything } from '../case/pattern.ts';
import { done, get, json, put } from '../case/steps.ts';
import { service } from './setup.ts';

const long = 'd'.repeat(256);

const largeService = service('s', {
  description: long,
  properties: { a: long, b: long, c: long, e: long, f: long },
});

function gzipCase(title: string, accept: string, isPacked: boolean): ConformanceCase {
  return {
    route: 'gzip',
    title,
    spec: '01 §1.8',
    steps: [
      largeService,
      get(
        'R/microservices/${s}',
        json(anything, {
          'content-encoding': isPacked ? 'gzip' : null,
          vary: /Accept-Encoding/,
        }),
        { headers: { 'Accept-Encoding': accept } },
      ),
    ],
  };
}

/** Packed answers (spec 01 §1.8). */
export const gzipCases: readonly ConformanceCase[] = [
  gzipCase('a large answer is packed for who accepts it', 'gzip', true),
  gzipCase('gzip among others', 'deflate, gzip;q=0.5', true),
  gzipCase('gzip refused by its weight', 'gzip;q=0', false),
  gzipCase('another coding', 'br', false),
  gzipCase('identity', 'identity', false),
  {
    route: 'gzip',
    title: 'a small answer is not packed',
    spec: '01 §1.8',
    steps: [
      service('s'),
      get('R/microservices/${s}', json(anything, { 'content-encoding': null }), {
        headers: { 'Accept-Encoding': 'gzip' },
      }),
    ],
  },
  {
    route: 'gzip',
    title: 'an answer without content is not packed',
    spec: '01 §1.8',
    steps: [
      service('s'),
      put(
        'R/microservices/${s}/properties',
        { properties: {} },
        { ...done, headers: { 'content-encoding': null } },
        { headers: { 'Accept-Encoding': 'gzip' } },
      ),
    ],
  },
];
