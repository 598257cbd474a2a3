import type { ConsumerDependency, MicroServiceDependency } from '../model/dependency.ts';
import type { FieldReader } from './field-reader.ts';
import { JsonWriter } from './json-writer.ts';
import { encodeMicroServiceKey, readMicroServiceKey } from './microservice-codec.ts';

/** Reads a {@link ConsumerDependency}. @throws JsonShapeError */
export function readConsumerDependency(fields: FieldReader): ConsumerDependency {
  return {
    consumer: fields.struct('consumer', readMicroServiceKey),
    providers: fields.structList('providers', readMicroServiceKey),
    override: fields.bool('override'),
  };
}

/** Encodes a {@link ConsumerDependency}. */
export function encodeConsumerDependency(dependency: ConsumerDependency): string {
  return new JsonWriter()
    .struct('consumer', dependency.consumer, encodeMicroServiceKey)
    .structList('providers', dependency.providers, encodeMicroServiceKey)
    .bool('override', dependency.override)
    .end();
}

/** Reads a {@link MicroServiceDependency}. @throws JsonShapeError */
export function readMicroServiceDependency(fields: FieldReader): MicroServiceDependency {
  return { Dependency: fields.structList('Dependency', readMicroServiceKey) };
}

/** Encodes a {@link MicroServiceDependency}. */
export function encodeMicroServiceDependency(dependency: MicroServiceDependency): string {
  return new JsonWriter()
    .structList('Dependency', dependency.Dependency, encodeMicroServiceKey)
    .end();
}
