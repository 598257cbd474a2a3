import type { ErrorCode } from './error-codes.ts';

/** The two spellings of the API: `/v4/:project/registry` and `/registry/v3`. */
export type Form = 'v4' | 'v3';

/** A row of the route index (spec 01 §3). */
export interface Route {
  /** The row's number. */
  readonly row: number;
  readonly method: string;
  /** As in a case: with `R/`, `G/` or `A/`, parameters as `:name`. */
  readonly path: string;
  /** The codes the route documents (spec 01 §4) and that a client can bring about. */
  readonly codes: readonly ErrorCode[];
  /** Default: every form that has its path. */
  readonly forms?: readonly Form[];
}

const service = 'R/microservices/:serviceId';
const instance = `${service}/instances/:instanceId`;

/** Every row, by the name under which its cases are reported. */
const routes = {
  version: { row: 1, method: 'GET', path: 'R/version', codes: [] },
  health: { row: 2, method: 'GET', path: 'R/health', codes: [] },
  existence: {
    row: 3,
    method: 'GET',
    path: 'R/existence',
    codes: [400001, 400012, 400016, 400026],
  },
  'list-services': { row: 4, method: 'GET', path: 'R/microservices', codes: [] },
  'get-service': { row: 5, method: 'GET', path: service, codes: [400001, 400012] },
  'register-service': {
    row: 6,
    method: 'POST',
    path: 'R/microservices',
    codes: [400001, 400010, 400100],
  },
  'service-properties': {
    row: 7,
    method: 'PUT',
    path: `${service}/properties`,
    codes: [400001, 400012],
  },
  'delete-service': {
    row: 8,
    method: 'DELETE',
    path: service,
    codes: [400001, 400012, 400013, 400023],
  },
  'delete-services': { row: 9, method: 'DELETE', path: 'R/microservices', codes: [400001] },
  'put-tags': { row: 10, method: 'POST', path: `${service}/tags`, codes: [400001, 400012] },
  'get-tags': { row: 11, method: 'GET', path: `${service}/tags`, codes: [400001, 400012] },
  'update-tag': {
    row: 12,
    method: 'PUT',
    path: `${service}/tags/:key`,
    codes: [400001, 400012, 400018],
  },
  'delete-tags': {
    row: 13,
    method: 'DELETE',
    path: `${service}/tags/:key`,
    codes: [400001, 400012, 400018],
  },
  'add-rules': {
    row: 14,
    method: 'POST',
    path: `${service}/rules`,
    codes: [400001, 400020, 400100],
  },
  'get-rules': { row: 15, method: 'GET', path: `${service}/rules`, codes: [400001, 400012] },
  'update-rule': {
    row: 16,
    method: 'PUT',
    path: `${service}/rules/:rule_id`,
    codes: [400001, 400012, 400021, 400022],
  },
  'delete-rules': {
    row: 17,
    method: 'DELETE',
    path: `${service}/rules/:rule_id`,
    codes: [400001, 400012, 400022],
  },
  'get-schema': {
    row: 18,
    method: 'GET',
    path: `${service}/schemas/:schemaId`,
    codes: [400001, 400012, 400016],
  },
  'list-schemas': { row: 19, method: 'GET', path: `${service}/schemas`, codes: [400001, 400012] },
  'put-schema': {
    row: 20,
    method: 'PUT',
    path: `${service}/schemas/:schemaId`,
    codes: [400001, 400012, 400014, 400015, 400100, 403001],
  },
  'replace-schemas': {
    row: 21,
    method: 'POST',
    path: `${service}/schemas`,
    codes: [400001, 400012, 400014],
  },
  'delete-schema': {
    row: 22,
    method: 'DELETE',
    path: `${service}/schemas/:schemaId`,
    codes: [400001, 400012, 400016],
  },
  'register-instance': {
    row: 23,
    method: 'POST',
    path: `${service}/instances`,
    codes: [400001, 400012, 400100],
  },
  unregister: { row: 24, method: 'DELETE', path: instance, codes: [400001, 400017] },
  'list-instances': {
    row: 25,
    method: 'GET',
    path: `${service}/instances`,
    codes: [400001, 400012],
  },
  'get-instance': { row: 26, method: 'GET', path: instance, codes: [400001, 400012, 400017] },
  'instance-properties': {
    row: 27,
    method: 'PUT',
    path: `${instance}/properties`,
    codes: [400001, 400017],
  },
  'instance-status': {
    row: 28,
    method: 'PUT',
    path: `${instance}/status`,
    codes: [400001, 400017],
  },
  heartbeat: { row: 29, method: 'PUT', path: `${instance}/heartbeat`, codes: [400001, 400017] },
  'heartbeat-set': { row: 30, method: 'PUT', path: 'R/heartbeats', codes: [400001] },
  'find-instances': { row: 31, method: 'GET', path: 'R/instances', codes: [400001, 400012] },
  // The codes of its items stand inside of a good answer.
  'batch-find': { row: 32, method: 'POST', path: 'R/instances/action', codes: [400001] },
  'bulk-status': { row: 33, method: 'PUT', path: 'R/instances/status', codes: [400001] },
  'add-dependencies': {
    row: 34,
    method: 'POST',
    path: 'R/dependencies',
    codes: [400001, 400012],
  },
  'replace-dependencies': {
    row: 35,
    method: 'PUT',
    path: 'R/dependencies',
    codes: [400001, 400012],
  },
  providers: {
    row: 36,
    method: 'GET',
    path: 'R/microservices/:consumerId/providers',
    codes: [400001, 400012],
  },
  consumers: {
    row: 37,
    method: 'GET',
    path: 'R/microservices/:providerId/consumers',
    codes: [400001, 400012],
  },
  watcher: { row: 38, method: 'GET', path: `${service}/watcher`, codes: [] },
  listwatcher: { row: 39, method: 'GET', path: `${service}/listwatcher`, codes: [] },
  'heartbeat-socket': {
    row: 40,
    method: 'GET',
    path: `${instance}/heartbeat`,
    codes: [],
    forms: ['v4'],
  },
  'govern-service': {
    row: 41,
    method: 'GET',
    path: 'G/microservices/:serviceId',
    codes: [400001, 400012],
  },
  'govern-services': { row: 42, method: 'GET', path: 'G/microservices', codes: [400001] },
  'govern-relations': { row: 43, method: 'GET', path: 'G/relations', codes: [] },
  'govern-apps': { row: 44, method: 'GET', path: 'G/apps', codes: [400001] },
  'govern-statistics': { row: 45, method: 'GET', path: 'G/statistics', codes: [] },
  dump: { row: 46, method: 'GET', path: 'A/dump', codes: [403001] },
  clusters: { row: 47, method: 'GET', path: 'A/clusters', codes: [] },
  alarms: { row: 48, method: 'GET', path: 'A/alarms', codes: [] },
  'clear-alarms': { row: 49, method: 'DELETE', path: 'A/alarms', codes: [] },
  readiness: { row: 50, method: 'GET', path: 'R/health/readiness', codes: [] },
  events: { row: 51, method: 'GET', path: 'R/events', codes: [400001] },
  pushes: { row: 52, method: 'GET', path: 'A/pushes', codes: [400001] },
} as const satisfies Record<string, Route>;

/** Areas of the contract that belong to no route of their own. */
export const areas = [
  'uri-check',
  'cors',
  'routing',
  'tenants',
  'common-parameters',
  'responses',
  'gzip',
  'body-limits',
  'json-decoding',
  'access',
] as const;

/** A row of the route index by its name. */
type RouteRow = keyof typeof routes;

/** What a case is reported under. */
export type RouteName = RouteRow | (typeof areas)[number];

/** The rows in their order. */
export function routeRows(): readonly (Route & { readonly name: string })[] {
  return Object.entries(routes).map(([name, route]) => Object.assign({ name }, route));
}
