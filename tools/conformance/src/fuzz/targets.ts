import type { Json } from '../case/json.ts';
import type { FuzzRequest } from './mutation.ts';

/** The ids of what lies in the domain of one random request. */
export interface Ground {
  readonly serviceId: string;
  readonly instanceId: string;
}

/** A right request from which random ones are made. */
export interface Target {
  /** Whether a service and an instance must be there. */
  readonly needsGround: boolean;
  readonly request: (ground: Ground) => Omit<FuzzRequest, 'headers'>;
  /** A read that a refused request must leave as it was. */
  readonly probe: (ground: Ground) => string;
}

const registry = '/v4/default/registry';
const services = `${registry}/microservices`;

const fullService = {
  serviceName: 'fuzz',
  appId: 'app',
  version: '1.0.0',
  description: 'd',
  level: 'BACK',
  status: 'UP',
  schemas: ['a'],
  alias: 'al',
  environment: 'testing',
  registerBy: 'SDK',
  paths: [{ path: '/a', property: { k: 'v' } }],
  properties: { k: 'v' },
  framework: { name: 'f', version: '1' },
};

const fullInstance = {
  hostName: 'h',
  endpoints: ['rest://10.1.2.3:80'],
  status: 'UP',
  properties: { k: 'v' },
  healthCheck: { mode: 'push', port: 80, interval: 30, times: 3, url: 'u' },
  dataCenterInfo: { name: 'n', region: 'r', availableZone: 'z' },
};

const listServices = (): string => services;
const schemasOf = ({ serviceId }: Ground): string => `${services}/${serviceId}/schemas`;
const tagsOf = ({ serviceId }: Ground): string => `${services}/${serviceId}/tags`;
const rulesOf = ({ serviceId }: Ground): string => `${services}/${serviceId}/rules`;
const instancesOf = ({ serviceId }: Ground): string => `${services}/${serviceId}/instances`;
const serviceAt = ({ serviceId }: Ground): string => `${services}/${serviceId}`;
const instanceAt = (ground: Ground): string => `${instancesOf(ground)}/${ground.instanceId}`;

function onGround(
  method: string,
  path: (ground: Ground) => string,
  probe: (ground: Ground) => string,
  body?: (ground: Ground) => Json,
): Target {
  return {
    needsGround: true,
    request: (ground) => ({
      method,
      path: path(ground),
      ...(body === undefined ? {} : { body: body(ground) }),
    }),
    probe,
  };
}

/** Right requests of every route that can write, and of the reads with the most inputs. */
export const targets: readonly Target[] = [
  {
    needsGround: false,
    request: () => ({ method: 'POST', path: services, body: { service: fullService } }),
    probe: listServices,
  },
  onGround('POST', instancesOf, instancesOf, () => ({ instance: fullInstance })),
  onGround('POST', tagsOf, tagsOf, () => ({ tags: { a: 'b', c: 'd' } })),
  onGround('PUT', (ground) => `${tagsOf(ground)}/k?value=new`, tagsOf),
  onGround('DELETE', (ground) => `${tagsOf(ground)}/k`, tagsOf),
  onGround('POST', rulesOf, rulesOf, () => ({
    rules: [{ ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a', description: 'd' }],
  })),
  onGround(
    'PUT',
    (ground) => `${rulesOf(ground)}/r`,
    rulesOf,
    () => ({
      ruleType: 'WHITE',
      attribute: 'tag_a',
      pattern: 'a',
    }),
  ),
  onGround(
    'PUT',
    (ground) => `${schemasOf(ground)}/a`,
    schemasOf,
    () => ({
      schema: 'x',
      summary: 's',
    }),
  ),
  onGround('POST', schemasOf, schemasOf, () => ({
    schemas: [{ schemaId: 'a', schema: 'x', summary: 's' }],
  })),
  onGround(
    'PUT',
    (ground) => `${serviceAt(ground)}/properties`,
    serviceAt,
    () => ({
      properties: { a: 'b' },
    }),
  ),
  onGround(
    'PUT',
    (ground) => `${instanceAt(ground)}/properties`,
    instanceAt,
    () => ({
      properties: { a: 'b' },
    }),
  ),
  onGround('PUT', (ground) => `${instanceAt(ground)}/status?value=DOWN`, instanceAt),
  onGround('PUT', (ground) => `${instanceAt(ground)}/heartbeat`, instanceAt),
  onGround('DELETE', instanceAt, instancesOf),
  onGround('DELETE', serviceAt, listServices),
  onGround('DELETE', listServices, listServices, ({ serviceId }) => ({
    serviceIds: [serviceId],
    force: true,
  })),
  onGround(
    'PUT',
    () => `${registry}/heartbeats`,
    instancesOf,
    ({ serviceId, instanceId }) => ({
      instances: [{ serviceId, instanceId }],
    }),
  ),
  onGround(
    'PUT',
    () => `${registry}/instances/status`,
    instancesOf,
    () => ({
      matches: { properties: { k: 'v' } },
      status: 'DOWN',
    }),
  ),
  ...['POST', 'PUT'].map((method) =>
    onGround(
      method,
      () => `${registry}/dependencies`,
      (ground) => `${serviceAt(ground)}/providers`,
      () => ({
        dependencies: [
          {
            consumer: { appId: 'app', serviceName: 'ground', version: '1.0.0' },
            providers: [{ appId: 'app', serviceName: 'ground', version: '0+' }],
          },
        ],
      }),
    ),
  ),
  onGround(
    'POST',
    () => `${registry}/instances/action?type=query`,
    listServices,
    (ground) => ({
      services: [{ service: { appId: 'app', serviceName: 'ground', version: '0+' }, rev: 'x' }],
      instances: [{ instance: { ...ground }, rev: 'x' }],
    }),
  ),
  onGround(
    'GET',
    () => `${registry}/instances?appId=app&serviceName=ground&version=0%2B&tags=k&rev=x`,
    listServices,
  ),
  onGround(
    'GET',
    () => `${registry}/existence?type=microservice&appId=app&serviceName=ground&version=1.0.0`,
    listServices,
  ),
  onGround('GET', (ground) => `${instanceAt(ground)}?tags=k&rev=x`, instanceAt),
  onGround(
    'GET',
    () => '/v4/default/govern/microservices?options=all&property=a:b&countOnly=1',
    listServices,
  ),
];
