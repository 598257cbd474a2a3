import type { ConformanceCase } from '../case/case.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, service } from './setup.ts';

const unknownService = refused(400012, 'Service does not exist.');
const noTag = refused(400018, 'Tag does not exist, please add one first.');

/** The tags of a service (spec 01 §4.4). */
export const tagCases: readonly ConformanceCase[] = [
  about(
    'put-tags',
    '01 §4.4',
    'all tags of the service are replaced',
    service('s'),
    post('R/microservices/${s}/tags', { tags: { b: '1x', a: 'y' } }, refused(400001)),
    post('R/microservices/${s}/tags', { tags: { b: 'x', a: 'y' } }, done),
    get('R/microservices/${s}/tags', {
      status: 200,
      body: { kind: 'text', is: '{"tags":{"a":"y","b":"x"}}' },
    }),
    post('R/microservices/${s}/tags', { tags: { c: 'z' } }, done),
    get('R/microservices/${s}/tags', json({ tags: { c: 'z' } })),
  ),
  ...[{}, { tags: {} }, { tags: null }].map((body) =>
    about(
      'put-tags',
      '01 §4.4',
      `${JSON.stringify(body)} clears them`,
      service('s'),
      post('R/microservices/${s}/tags', { tags: { c: 'z' } }, done),
      post('R/microservices/${s}/tags', body, done),
      get('R/microservices/${s}/tags', json({})),
    ),
  ),
  about(
    'put-tags',
    '01 §4.4',
    'an unknown service, and a wrong tag before that',
    post('R/microservices/none/tags', { tags: { a: 'b' } }, unknownService),
    post('R/microservices/none/tags', { tags: {} }, unknownService),
    post('R/microservices/none/tags', { tags: { 1: 'b' } }, refused(400001)),
  ),
  about('get-tags', '01 §4.4', 'none', service('s'), get('R/microservices/${s}/tags', json({}))),
  about(
    'update-tag',
    '01 §4.4',
    'only a tag that is there',
    service('s'),
    put('R/microservices/${s}/tags/a?value=v', undefined, noTag),
    post('R/microservices/${s}/tags', { tags: { a: 'x', b: 'y' } }, done),
    put('R/microservices/${s}/tags/a?value=new', undefined, done),
    get('R/microservices/${s}/tags', json({ tags: { a: 'new', b: 'y' } })),
    put('R/microservices/${s}/tags/c?value=v', undefined, noTag),
    get('R/microservices/${s}/tags', json({ tags: { a: 'new', b: 'y' } })),
  ),
  about(
    'delete-tags',
    '01 §4.4',
    'all of a list or none',
    service('s'),
    post('R/microservices/${s}/tags', { tags: { a: 'x', b: 'y', c: 'z' } }, done),
    send(
      'DELETE',
      'R/microservices/${s}/tags/a,d',
      refused(400018, 'Delete tags failed for this key d does not exist.'),
    ),
    get('R/microservices/${s}/tags', json({ tags: { a: 'x', b: 'y', c: 'z' } })),
    send('DELETE', 'R/microservices/${s}/tags/a,b', done),
    get('R/microservices/${s}/tags', json({ tags: { c: 'z' } })),
    send('DELETE', 'R/microservices/${s}/tags/c', done),
    get('R/microservices/${s}/tags', json({})),
  ),
];
