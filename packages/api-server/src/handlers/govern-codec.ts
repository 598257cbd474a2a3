import type { RelationGraph, ServiceDetail, Statistics } from '@service-center/registry';
import {
  encodeMicroService,
  encodeMicroServiceInstance,
  encodeSchema,
  encodeText,
  JsonWriter,
  toStringMap,
  type MicroService,
  type ResourceRecord,
} from '@service-center/sdcommon';

import type { EncodedRecord } from './encoded-list.ts';

/** Encodes a service with everything about it (spec 05 §4.1). */
export function encodeServiceDetail(detail: ServiceDetail): string {
  return encodeParts(detail, detail.service.encoded, encoded);
}

/**
 * Encodes a service of a list: without the ids of its schemas, and with few properties of its instances (spec 05 §4.2).
 *
 * @param shownProperties - the instance properties that are shown
 */
export function encodeListedService(
  detail: ServiceDetail,
  shownProperties: ReadonlySet<string>,
): string {
  const { service } = detail;
  const encodedService =
    service.value.schemas.length === 0
      ? service.encoded
      : encodeMicroService({ ...service.value, schemas: [] });
  return encodeParts(detail, encodedService, (instance) =>
    encodeListedInstance(instance, shownProperties),
  );
}

/** Encodes statistics: the three objects are there, their zeros are not (spec 01 §2.3). */
export function encodeStatistics({ services, instances, apps }: Statistics): string {
  const { count } = instances;
  return (
    new JsonWriter()
      .keep(
        'services',
        new JsonWriter()
          .int('count', services.count)
          .int('onlineCount', services.onlineCount)
          .end(),
      )
      // Every instance of a counted service is in the same project, so the domain has no others of them.
      .keep('instances', new JsonWriter().int('count', count).int('countByDomain', count).end())
      .keep('apps', new JsonWriter().int('count', apps.count).end())
      .end()
  );
}

/** Encodes a graph: every member is there, lists without elements are null (spec 05 §4.4). */
export function encodeRelationGraph({ services, lines }: RelationGraph): string {
  const edges = lines.map(
    ({ from, to }) =>
      `{"from":${encodeNode(from)},"to":${encodeNode({ ...to, appId: '', version: '' })},"type":"","color":"","descriptor":""}`,
  );
  return `{"nodes":${listOrNull(services.map(encodeNode))},"lines":${listOrNull(edges)},"circles":null}`;
}

function encodeParts(
  detail: ServiceDetail,
  encodedService: string,
  encodeInstance: (instance: ResourceRecord<'INSTANCE'>) => string,
): string {
  return new JsonWriter()
    .keep('microService', encodedService)
    .structList('instances', detail.instances, encodeInstance)
    .structList('schemaInfos', detail.schemas, encodeSchema)
    .structList('rules', detail.rules, encoded)
    .structList('providers', detail.providers, encoded)
    .structList('consumers', detail.consumers, encoded)
    .textMap('tags', detail.tags)
    .textList('microServiceVersions', detail.versions)
    .struct('statics', detail.counts, encodeCounts)
    .end();
}

function encodeCounts({ instances }: NonNullable<ServiceDetail['counts']>): string {
  return new JsonWriter()
    .struct('instances', instances, (count) => new JsonWriter().int('count', count).end())
    .end();
}

function encodeListedInstance(
  { value, encoded: complete }: ResourceRecord<'INSTANCE'>,
  shownProperties: ReadonlySet<string>,
): string {
  const properties = Object.entries(value.properties);
  const shown = properties.filter(([name]) => shownProperties.has(name));
  if (shown.length === properties.length) return complete;
  return encodeMicroServiceInstance({ ...value, properties: toStringMap(shown) });
}

function encodeNode({
  serviceId,
  serviceName,
  appId,
  version,
}: Pick<MicroService, 'serviceId' | 'serviceName' | 'appId' | 'version'>): string {
  return (
    `{"id":${encodeText(serviceId)},"name":${encodeText(serviceName)},"appId":${encodeText(appId)},` +
    `"version":${encodeText(version)},"type":"","color":"","position":""}`
  );
}

function encoded(record: EncodedRecord): string {
  return record.encoded;
}

function listOrNull(elements: readonly string[]): string {
  return elements.length === 0 ? 'null' : `[${elements.join(',')}]`;
}
