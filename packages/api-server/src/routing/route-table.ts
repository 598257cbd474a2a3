import type { RouteSpec } from './route.ts';

const registry = '/v4/:project/registry';
const govern = '/v4/:project/govern';
const admin = '/v4/:project/admin';
const v3 = '/registry/v3';
const service = '/microservices/:serviceId';
const instance = `${service}/instances/:instanceId`;

/**
 * The route index (spec 01 §3) as data: Express, the dispatcher, the `Allow` header and the metric labels are made
 * from it. Names of handlers are those of the reference, since dashboards show them.
 */
export const routeTable = [
  { api: 'Describe', method: 'GET', path: '/' },
  { api: 'OpenApiDocument', method: 'GET', path: '/openapi.json' },
  { api: 'DocumentationPage', method: 'GET', path: '/docs' },
  { api: 'DocumentationAsset', method: 'GET', path: '/docs/:asset' },

  { api: 'GetVersion', method: 'GET', path: `${registry}/version`, v3: '/version' },
  { api: 'ClusterHealth', method: 'GET', path: `${registry}/health`, v3: '/health', isHot: true },
  {
    api: 'Readiness',
    method: 'GET',
    path: `${registry}/health/readiness`,
    v3: '/health/readiness',
  },

  { api: 'ResourceExist', method: 'GET', path: `${registry}/existence`, v3: `${v3}/existence` },
  {
    api: 'ListService',
    method: 'GET',
    path: `${registry}/microservices`,
    v3: `${v3}/microservices`,
  },
  { api: 'GetService', method: 'GET', path: `${registry}${service}`, v3: `${v3}${service}` },
  {
    api: 'RegisterService',
    method: 'POST',
    path: `${registry}/microservices`,
    v3: `${v3}/microservices`,
    body: 'general',
  },
  {
    api: 'PutServiceProperties',
    method: 'PUT',
    path: `${registry}${service}/properties`,
    v3: `${v3}${service}/properties`,
    body: 'properties',
  },
  {
    api: 'UnregisterService',
    method: 'DELETE',
    path: `${registry}${service}`,
    v3: `${v3}${service}`,
  },
  {
    api: 'UnregisterManyService',
    method: 'DELETE',
    path: `${registry}/microservices`,
    v3: `${v3}/microservices`,
    body: 'general',
  },

  {
    api: 'PutTags',
    method: 'POST',
    path: `${registry}${service}/tags`,
    v3: `${v3}${service}/tags`,
    body: 'general',
  },
  { api: 'GetTags', method: 'GET', path: `${registry}${service}/tags`, v3: `${v3}${service}/tags` },
  {
    api: 'UpdateTag',
    method: 'PUT',
    path: `${registry}${service}/tags/:key`,
    v3: `${v3}${service}/tags/:key`,
  },
  {
    api: 'DeleteTags',
    method: 'DELETE',
    path: `${registry}${service}/tags/:key`,
    v3: `${v3}${service}/tags/:key`,
  },

  {
    api: 'AddRule',
    method: 'POST',
    path: `${registry}${service}/rules`,
    v3: `${v3}${service}/rules`,
    body: 'general',
    requires: 'rules',
  },
  {
    api: 'GetRules',
    method: 'GET',
    path: `${registry}${service}/rules`,
    v3: `${v3}${service}/rules`,
    requires: 'rules',
  },
  {
    api: 'UpdateRule',
    method: 'PUT',
    path: `${registry}${service}/rules/:rule_id`,
    v3: `${v3}${service}/rules/:rule_id`,
    body: 'general',
    requires: 'rules',
  },
  {
    api: 'DeleteRule',
    method: 'DELETE',
    path: `${registry}${service}/rules/:rule_id`,
    v3: `${v3}${service}/rules/:rule_id`,
    requires: 'rules',
  },

  {
    api: 'GetSchema',
    method: 'GET',
    path: `${registry}${service}/schemas/:schemaId`,
    v3: `${v3}${service}/schemas/:schemaId`,
  },
  {
    api: 'ListSchema',
    method: 'GET',
    path: `${registry}${service}/schemas`,
    v3: `${v3}${service}/schemas`,
  },
  {
    api: 'PutSchema',
    method: 'PUT',
    path: `${registry}${service}/schemas/:schemaId`,
    v3: `${v3}${service}/schemas/:schemaId`,
    body: 'general',
  },
  {
    api: 'PutSchemas',
    method: 'POST',
    path: `${registry}${service}/schemas`,
    v3: `${v3}${service}/schemas`,
    body: 'general',
  },
  {
    api: 'DeleteSchema',
    method: 'DELETE',
    path: `${registry}${service}/schemas/:schemaId`,
    v3: `${v3}${service}/schemas/:schemaId`,
  },

  {
    api: 'RegisterInstance',
    method: 'POST',
    path: `${registry}${service}/instances`,
    v3: `${v3}${service}/instances`,
    body: 'instance',
    isHot: true,
  },
  {
    api: 'UnregisterInstance',
    method: 'DELETE',
    path: `${registry}${instance}`,
    v3: `${v3}${instance}`,
  },
  {
    api: 'ListInstance',
    method: 'GET',
    path: `${registry}${service}/instances`,
    v3: `${v3}${service}/instances`,
  },
  { api: 'GetInstance', method: 'GET', path: `${registry}${instance}`, v3: `${v3}${instance}` },
  {
    api: 'PutInstanceProperties',
    method: 'PUT',
    path: `${registry}${instance}/properties`,
    v3: `${v3}${instance}/properties`,
    body: 'properties',
  },
  {
    api: 'PutInstanceStatus',
    method: 'PUT',
    path: `${registry}${instance}/status`,
    v3: `${v3}${instance}/status`,
  },
  {
    api: 'SendHeartbeat',
    method: 'PUT',
    path: `${registry}${instance}/heartbeat`,
    v3: `${v3}${instance}/heartbeat`,
    isHot: true,
    isUnlogged: true,
  },
  {
    api: 'SendManyHeartbeat',
    method: 'PUT',
    path: `${registry}/heartbeats`,
    v3: `${v3}/heartbeats`,
    body: 'general',
    isHot: true,
    isUnlogged: true,
  },
  {
    api: 'FindInstances',
    method: 'GET',
    path: `${registry}/instances`,
    v3: `${v3}/instances`,
    isHot: true,
  },

  {
    api: 'BatchFindInstances',
    method: 'POST',
    path: `${registry}/instances/action`,
    body: 'general',
  },
  {
    api: 'PutManyInstanceStatus',
    method: 'PUT',
    path: `${registry}/instances/status`,
    body: 'general',
  },

  {
    api: 'AddDependencies',
    method: 'POST',
    path: `${registry}/dependencies`,
    v3: `${v3}/dependencies`,
    body: 'general',
  },
  {
    api: 'PutDependencies',
    method: 'PUT',
    path: `${registry}/dependencies`,
    v3: `${v3}/dependencies`,
    body: 'general',
  },
  {
    api: 'GetConProDependencies',
    method: 'GET',
    path: `${registry}/microservices/:consumerId/providers`,
    v3: `${v3}/microservices/:consumerId/providers`,
  },
  {
    api: 'GetProConDependencies',
    method: 'GET',
    path: `${registry}/microservices/:providerId/consumers`,
    v3: `${v3}/microservices/:providerId/consumers`,
  },

  {
    api: 'Watch',
    method: 'GET',
    path: `${registry}${service}/watcher`,
    v3: `${v3}${service}/watcher`,
  },
  {
    api: 'ListAndWatch',
    method: 'GET',
    path: `${registry}${service}/listwatcher`,
    v3: `${v3}${service}/listwatcher`,
  },
  { api: 'Heartbeat', method: 'GET', path: `${registry}${instance}/heartbeat` },
  { api: 'StreamEvents', method: 'GET', path: `${registry}/events`, isHot: true },

  { api: 'GetStatistics', method: 'GET', path: `${govern}/statistics` },
  // Where the published description of the API has it; before the route that would take it for an id.
  { api: 'GetStatistics', method: 'GET', path: `${govern}/microservices/statistics` },
  {
    api: 'GetServiceDetail',
    method: 'GET',
    path: `${govern}${service}`,
    v3: `${v3}/govern/service/:serviceId`,
  },
  {
    api: 'GetAllServicesInfo',
    method: 'GET',
    path: `${govern}/microservices`,
    v3: `${v3}/govern/services`,
  },
  { api: 'GetGraph', method: 'GET', path: `${govern}/relations`, v3: `${v3}/govern/relation` },
  { api: 'GetAllApplications', method: 'GET', path: `${govern}/apps` },

  { api: 'Dump', method: 'GET', path: `${admin}/dump` },
  { api: 'Clusters', method: 'GET', path: `${admin}/clusters` },
  { api: 'AlarmList', method: 'GET', path: `${admin}/alarms` },
  { api: 'ClearAlarm', method: 'DELETE', path: `${admin}/alarms` },
  { api: 'ListPushes', method: 'GET', path: `${admin}/pushes` },
] as const satisfies readonly RouteSpec[];

/** The names of all handlers. */
export type ApiName = (typeof routeTable)[number]['api'];
