import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { MicroServiceKey } from '../model/microservice.ts';
import { toStringMap } from '../model/string-map.ts';
import {
  encodeConsumerDependency,
  encodeMicroServiceDependency,
  readConsumerDependency,
  readMicroServiceDependency,
} from './dependency-codec.ts';
import { FieldReader, readStringMap } from './field-reader.ts';
import { encodeText, encodeTextMap } from './json-writer.ts';
import { encodeMicroService, readMicroService } from './microservice-codec.ts';
import {
  encodeMicroServiceInstance,
  readMicroServiceInstance,
} from './microservice-instance-codec.ts';
import { encodeSchema, readSchema } from './schema-codec.ts';
import { encodeServiceRule, readServiceRule } from './service-rule-codec.ts';

const runs = 100;
const text = fc.string({ unit: 'binary' });
const int32 = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });
const textMap = fc
  .array(fc.tuple(fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '7')), text))
  .map(toStringMap);
const serviceKey: fc.Arbitrary<MicroServiceKey> = fc.record({
  tenant: text,
  environment: text,
  appId: text,
  serviceName: text,
  alias: text,
  version: text,
});
const service = fc.record({
  serviceId: text,
  appId: text,
  serviceName: text,
  version: text,
  description: text,
  level: text,
  schemas: fc.array(text),
  paths: fc.array(fc.record({ path: text, property: textMap })),
  status: text,
  properties: textMap,
  timestamp: text,
  providers: fc.array(serviceKey),
  alias: text,
  LBStrategy: textMap,
  modTimestamp: text,
  environment: text,
  registerBy: text,
  framework: fc.option(fc.record({ name: text, version: text }), { nil: undefined }),
});
const instance = fc.record({
  instanceId: text,
  serviceId: text,
  endpoints: fc.array(text),
  hostName: text,
  status: text,
  properties: textMap,
  healthCheck: fc.option(
    fc.record({ mode: text, port: int32, interval: int32, times: int32, url: text }),
    { nil: undefined },
  ),
  timestamp: text,
  dataCenterInfo: fc.option(fc.record({ name: text, region: text, availableZone: text }), {
    nil: undefined,
  }),
  modTimestamp: text,
  version: text,
});
const rule = fc.record({
  ruleId: text,
  ruleType: text,
  attribute: text,
  pattern: text,
  description: text,
  timestamp: text,
  modTimestamp: text,
});
const schema = fc.record({ schemaId: text, summary: text, schema: text });
const consumerDependency = fc.record({
  consumer: fc.option(serviceKey, { nil: undefined }),
  providers: fc.array(serviceKey),
  override: fc.boolean(),
});
const dependencyRule = fc.array(serviceKey).map((keys) => ({ Dependency: keys }));

describe('what is encoded', () => {
  it('is read back as it was', () => {
    expectCopies(service, encodeMicroService, readMicroService);
    expectCopies(instance, encodeMicroServiceInstance, readMicroServiceInstance);
    expectCopies(rule, encodeServiceRule, readServiceRule);
    expectCopies(schema, encodeSchema, readSchema);
    expectCopies(consumerDependency, encodeConsumerDependency, readConsumerDependency);
    expectCopies(dependencyRule, encodeMicroServiceDependency, readMicroServiceDependency);

    expect.assertions(6 * runs);
  });

  it('is the same when it is encoded again', () => {
    fc.assert(
      fc.property(service, (value) => {
        const json = encodeMicroService(value);
        expect(encodeMicroService(readMicroService(FieldReader.parse(json)))).toBe(json);
      }),
    );
  });

  it('is text that any JSON reader understands', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(JSON.parse(encodeText(value))).toBe(value);
        expect(encodeText(value)).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
  });

  it('has map keys in the order of their bytes, whatever order they came in', () => {
    fc.assert(
      fc.property(textMap, (map) => {
        const json = encodeTextMap(map);
        const shuffled = toStringMap(Object.entries(map).toReversed());
        expect(encodeTextMap(shuffled)).toBe(json);
        expect(readStringMap(JSON.parse(json))).toEqual(map);
        const keys = [...json.matchAll(/(?:^\{|",)("(?:[^"\\]|\\.)*"):/g)].map(([, key = '""']) =>
          Buffer.from(String(JSON.parse(key))),
        );
        expect(keys).toEqual(keys.toSorted((left, right) => Buffer.compare(left, right)));
        expect(keys).toHaveLength(Object.keys(map).length);
      }),
    );
  });
});

function expectCopies<T>(
  values: fc.Arbitrary<T>,
  encode: (value: T) => string,
  read: (fields: FieldReader) => T,
): void {
  const property = fc.property(values, (value) => {
    expect(read(FieldReader.parse(encode(value)))).toEqual(value);
  });
  fc.assert(property, { numRuns: runs });
}
