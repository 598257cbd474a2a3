import { Validator } from '@seriousme/openapi-schema-validator';
import { errorTable } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { routeTable } from '../routing/route-table.ts';
import { expandRoutes } from '../routing/route.ts';
import { createOpenApiDocument, type OpenApiDocument, type Operation } from './index.ts';
import { createOperations } from './operations/index.ts';

function createDocument(quota = 100): OpenApiDocument {
  return createOpenApiDocument({
    version: '1.2.3',
    maxBodyBytes: 2_097_152,
    quotas: { schema: quota, tag: quota },
    hasMetrics: true,
    hasRules: true,
  });
}

function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.values(document.paths).flatMap((path) => Object.values(path));
}

function templateOf(pattern: string): string {
  return pattern.replaceAll(/:(\w+)/g, '{$1}');
}

describe('the OpenAPI document', () => {
  const document = createDocument();

  it('is valid OpenAPI 3.1', async () => {
    const parsed: unknown = JSON.parse(JSON.stringify(document));
    if (typeof parsed !== 'object' || parsed === null) throw new Error('no object');
    const validator = new Validator();
    expect(await validator.validate({ ...parsed })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has an entry for every handler of the route table, and no other', () => {
    const entries = Object.keys(createOperations({ schema: 100, tag: 100 }));
    const handlers = new Set(routeTable.map(({ api }) => api));
    expect(entries.toSorted()).toEqual([...handlers].toSorted());
  });

  it('has every method of every pattern, and the metrics', () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = expandRoutes(routeTable).map(
      ({ method, pattern }) => `${method} ${templateOf(pattern)}`,
    );
    expect(documented.toSorted()).toEqual([...routed, 'GET /metrics'].toSorted());
  });

  it('names the v4 form of an operation after its handler, and no two alike', () => {
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { api } of routeTable) expect(ids).toContain(api);
    const paths = document.paths;
    expect(paths['/registry/v3/instances']?.['get']?.operationId).toBe('FindInstancesV3');
    expect(paths['/health']?.['get']?.operationId).toBe('ClusterHealthV3');
  });

  it('describes a body where one is read, with its limit, and nowhere else', () => {
    const routed = expandRoutes(routeTable).filter(({ body }) => body !== 'none');
    const documented = operationsOf(document).filter(
      ({ requestBody }) => requestBody !== undefined,
    );
    expect(documented.length).toBe(routed.length);
    for (const { pattern, method } of routed) {
      const operation = document.paths[templateOf(pattern)]?.[method.toLowerCase()];
      expect(operation).toHaveProperty('requestBody');
    }
    const instances = document.paths['/registry/v3/microservices/{serviceId}/instances'];
    expect(instances?.['post']?.requestBody?.description).toBe('At most 5120 bytes.');
  });

  it('refers to nothing that it does not have, and has nothing that it does not refer to', () => {
    const references = JSON.stringify(document).matchAll(
      /"\$ref":"#\/components\/schemas\/(\w+)"/g,
    );
    const used = new Set(Array.from(references, ([, name]) => name));
    expect(used).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  it('says which errors an operation answers with, and what each means', () => {
    const find = document.paths['/v4/{project}/registry/instances']?.['get'];
    const response = find?.responses['400'];
    expect(response?.description).toBe(
      '400001: Invalid parameter(s); 400012: Micro-service does not exist',
    );
    const schema = response?.content?.['application/json']?.schema;
    expect(schema?.properties?.['errorCode']?.enum).toEqual(['400001', '400012']);
    const { code, message } = errorTable.serviceNotExists;
    const example = response?.content?.['application/json']?.examples?.['serviceNotExists'];
    expect(example?.value).toEqual({ errorCode: code, errorMessage: message });
  });

  it('shows what the registry checks', () => {
    const { MicroServiceToRegister: service, InstanceToRegister: instance } =
      document.components.schemas;
    expect(service?.required).toEqual(['serviceName']);
    expect(service?.properties).toMatchObject({
      serviceName: { minLength: 1, maxLength: 128 },
      level: { enum: ['FRONT', 'MIDDLE', 'BACK'], default: 'BACK' },
      schemas: { maxItems: 100 },
    });
    expect(instance?.required).toEqual(['hostName']);
    expect(instance?.properties?.['status']?.enum).toContain('OUTOFSERVICE');
    const value = document.paths[
      '/v4/{project}/registry/microservices/{serviceId}/instances/{instanceId}/status'
    ]?.['put']?.parameters?.find(({ name }) => name === 'value');
    expect(value).toMatchObject({ in: 'query', required: true });
  });

  it('shows the quotas of the server, and none where there are none', () => {
    const [few, unlimited] = [7, Number.MAX_SAFE_INTEGER].map(
      (quota) =>
        createDocument(quota).components.schemas['MicroServiceToRegister']?.properties?.['schemas'],
    );
    expect(few?.maxItems).toBe(7);
    expect(unlimited).toMatchObject({ type: 'array' });
    expect(unlimited).not.toHaveProperty('maxItems');
  });
});
