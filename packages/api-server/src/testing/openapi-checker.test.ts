import { describe, expect, it } from 'vitest';

import { createOpenApiDocument } from '../openapi/index.ts';
import { OpenApiChecker, type ObservedAnswer } from './openapi-checker.ts';

const registry = '/v4/default/registry';
const json = 'application/json; charset=UTF-8';
const text = 'text/plain; charset=utf-8';
const notFound = '{"errorCode":"400012","errorMessage":"Micro-service does not exist"}';

function service(members: object): string {
  const known = { serviceId: 's', appId: 'a', serviceName: 'n', version: '1.0.0' };
  return JSON.stringify({ service: { ...known, ...members } });
}

describe('OpenApiChecker', () => {
  const checker = new OpenApiChecker(
    createOpenApiDocument({
      version: 'test',
      maxBodyBytes: 2_097_152,
      quotas: { schema: 100, tag: 100 },
      hasMetrics: false,
      hasRules: true,
    }),
  );
  const check = (answer: Partial<ObservedAnswer>, contentType = json): readonly string[] =>
    checker.check({
      method: 'GET',
      target: `${registry}/microservices/s`,
      status: 200,
      body: '',
      ...answer,
      headers: new Map([['content-type', contentType], ...(answer.headers ?? [])]),
    });
  it('has nothing to say of answers that are as documented', () => {
    expect(check({ body: service({ level: 'BACK' }) })).toEqual([]);
    expect(check({ status: 400, body: notFound })).toEqual([]);
    expect(check({ target: '/nope', status: 404, body: '404 page not found\n' }, text)).toEqual([]);
    expect(
      check({ target: `${registry}/x?`, status: 400, body: 'Invalid Request URI /x?' }, text),
    ).toEqual([]);
  });

  it('names a member that is unknown, missing, or of another type', () => {
    expect(check({ body: service({ surplus: 'x' }) })).toEqual([
      expect.stringContaining('must NOT have additional properties at "/service"'),
    ]);
    expect(check({ body: '{"service":{"serviceId":"s"}}' }).join()).toContain('appId');
    expect(check({ body: service({ schemas: 'one' }) }).join()).toContain('/service/schemas');
    expect(check({ body: service({ schemas: [] }) }).join()).toContain('/service/schemas');
  });

  it('names a status, an error or a header that is not described', () => {
    expect(check({ status: 409 })).toEqual([expect.stringContaining('status 409')]);
    const other = '{"errorCode":"400018","errorMessage":"Tag does not exist"}';
    expect(check({ status: 400, body: other }).join()).toContain('/errorCode');
    const find = { target: `${registry}/instances?appId=a&serviceName=s`, body: '{}' };
    expect(check(find)).toEqual([expect.stringContaining('no header X-Resource-Revision')]);
    expect(check({ ...find, headers: new Map([['x-resource-revision', 'r']]) })).toEqual([]);
  });

  it('names a body that is of another kind, or should not be', () => {
    expect(check({ body: 'x' }, text)).toEqual([expect.stringContaining('"text/plain"')]);
    expect(check({ body: '{' })).toEqual([expect.stringContaining('no JSON')]);
    const heartbeat = {
      method: 'PUT',
      target: `${registry}/microservices/s/instances/i/heartbeat`,
    };
    expect(check({ ...heartbeat, body: '{}' })).toEqual([expect.stringContaining('has a body')]);
    expect(check(heartbeat)).toEqual([]);
  });

  it('does not take an answer without a route for one of a route', () => {
    const missing = { status: 404, body: '404 page not found\n' };
    expect(check(missing, text)).toEqual([expect.stringContaining('status 404')]);
    expect(check({ ...missing, target: `${registry}/microservices/` }, text)).toEqual([]);
  });

  it('takes the document of a server, and nothing else for one', () => {
    const document = createOpenApiDocument({
      version: 'test',
      maxBodyBytes: 1,
      quotas: { schema: 1, tag: 1 },
      hasMetrics: false,
      hasRules: true,
    });
    const parsed = OpenApiChecker.parse(JSON.stringify(document));
    const answer = { method: 'OPTIONS', target: '/x', status: 200, headers: new Map(), body: '' };
    expect(parsed.check(answer)).toEqual([]);
    expect(() => OpenApiChecker.parse('{"openapi":"3.1.1"}')).toThrow('x-unrouted-answers');
  });

  it('lets a path that is spelled out win over a parameter', () => {
    const statistics = { target: '/v4/default/govern/microservices/statistics' };
    const body = '{"statistics":{"services":{},"instances":{},"apps":{}}}';
    expect(check({ ...statistics, body })).toEqual([]);
  });
});
