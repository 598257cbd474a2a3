import type {
  FrameWork,
  MicroService,
  MicroServiceKey,
  ServicePath,
} from '../model/microservice.ts';
import type { FieldReader } from './field-reader.ts';
import { JsonWriter } from './json-writer.ts';

/** Reads a {@link MicroService}. @throws JsonShapeError */
export function readMicroService(fields: FieldReader): MicroService {
  return {
    serviceId: fields.text('serviceId'),
    appId: fields.text('appId'),
    serviceName: fields.text('serviceName'),
    version: fields.text('version'),
    description: fields.text('description'),
    level: fields.text('level'),
    schemas: fields.textList('schemas'),
    paths: fields.structList('paths', readServicePath),
    status: fields.text('status'),
    properties: fields.textMap('properties'),
    timestamp: fields.text('timestamp'),
    providers: fields.structList('providers', readMicroServiceKey),
    alias: fields.text('alias'),
    LBStrategy: fields.textMap('LBStrategy'),
    modTimestamp: fields.text('modTimestamp'),
    environment: fields.text('environment'),
    registerBy: fields.text('registerBy'),
    framework: fields.struct('framework', readFrameWork),
  };
}

/** Encodes a {@link MicroService}, for the wire and for the store. */
export function encodeMicroService(service: MicroService): string {
  return new JsonWriter()
    .text('serviceId', service.serviceId)
    .text('appId', service.appId)
    .text('serviceName', service.serviceName)
    .text('version', service.version)
    .text('description', service.description)
    .text('level', service.level)
    .textList('schemas', service.schemas)
    .structList('paths', service.paths, encodeServicePath)
    .text('status', service.status)
    .textMap('properties', service.properties)
    .text('timestamp', service.timestamp)
    .structList('providers', service.providers, encodeMicroServiceKey)
    .text('alias', service.alias)
    .textMap('LBStrategy', service.LBStrategy)
    .text('modTimestamp', service.modTimestamp)
    .text('environment', service.environment)
    .text('registerBy', service.registerBy)
    .struct('framework', service.framework, encodeFrameWork)
    .end();
}

/** Reads a {@link MicroServiceKey}. @throws JsonShapeError */
export function readMicroServiceKey(fields: FieldReader): MicroServiceKey {
  return {
    tenant: fields.text('tenant'),
    environment: fields.text('environment'),
    appId: fields.text('appId'),
    serviceName: fields.text('serviceName'),
    alias: fields.text('alias'),
    version: fields.text('version'),
  };
}

/** Encodes a {@link MicroServiceKey}. */
export function encodeMicroServiceKey(key: MicroServiceKey): string {
  return new JsonWriter()
    .text('tenant', key.tenant)
    .text('environment', key.environment)
    .text('appId', key.appId)
    .text('serviceName', key.serviceName)
    .text('alias', key.alias)
    .text('version', key.version)
    .end();
}

function readServicePath(fields: FieldReader): ServicePath {
  return { path: fields.text('path'), property: fields.textMap('property') };
}

function encodeServicePath(path: ServicePath): string {
  return new JsonWriter().text('path', path.path).textMap('property', path.property).end();
}

function readFrameWork(fields: FieldReader): FrameWork {
  return { name: fields.text('name'), version: fields.text('version') };
}

function encodeFrameWork(framework: FrameWork): string {
  return new JsonWriter().text('name', framework.name).text('version', framework.version).end();
}
