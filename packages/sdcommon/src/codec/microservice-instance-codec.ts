import type {
  DataCenterInfo,
  HealthCheck,
  MicroServiceInstance,
} from '../model/microservice-instance.ts';
import type { FieldReader } from './field-reader.ts';
import { JsonWriter } from './json-writer.ts';

/** Reads a {@link MicroServiceInstance}. @throws JsonShapeError */
export function readMicroServiceInstance(fields: FieldReader): MicroServiceInstance {
  return {
    instanceId: fields.text('instanceId'),
    serviceId: fields.text('serviceId'),
    endpoints: fields.textList('endpoints'),
    hostName: fields.text('hostName'),
    status: fields.text('status'),
    properties: fields.textMap('properties'),
    healthCheck: fields.struct('healthCheck', readHealthCheck),
    timestamp: fields.text('timestamp'),
    dataCenterInfo: fields.struct('dataCenterInfo', readDataCenterInfo),
    modTimestamp: fields.text('modTimestamp'),
    version: fields.text('version'),
  };
}

/** Encodes a {@link MicroServiceInstance}, for the wire and for the store. */
export function encodeMicroServiceInstance(instance: MicroServiceInstance): string {
  return new JsonWriter()
    .text('instanceId', instance.instanceId)
    .text('serviceId', instance.serviceId)
    .textList('endpoints', instance.endpoints)
    .text('hostName', instance.hostName)
    .text('status', instance.status)
    .textMap('properties', instance.properties)
    .struct('healthCheck', instance.healthCheck, encodeHealthCheck)
    .text('timestamp', instance.timestamp)
    .struct('dataCenterInfo', instance.dataCenterInfo, encodeDataCenterInfo)
    .text('modTimestamp', instance.modTimestamp)
    .text('version', instance.version)
    .end();
}

function readHealthCheck(fields: FieldReader): HealthCheck {
  return {
    mode: fields.text('mode'),
    port: fields.int32('port'),
    interval: fields.int32('interval'),
    times: fields.int32('times'),
    url: fields.text('url'),
  };
}

function encodeHealthCheck(check: HealthCheck): string {
  return new JsonWriter()
    .text('mode', check.mode)
    .int('port', check.port)
    .int('interval', check.interval)
    .int('times', check.times)
    .text('url', check.url)
    .end();
}

function readDataCenterInfo(fields: FieldReader): DataCenterInfo {
  return {
    name: fields.text('name'),
    region: fields.text('region'),
    availableZone: fields.text('availableZone'),
  };
}

function encodeDataCenterInfo(info: DataCenterInfo): string {
  return new JsonWriter()
    .text('name', info.name)
    .text('region', info.region)
    .text('availableZone', info.availableZone)
    .end();
}
