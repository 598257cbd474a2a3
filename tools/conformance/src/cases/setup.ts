import type { ConformanceCase, HttpStep, Step } from '../case/case.ts';
import type { JsonObject } from '../case/json.ts';
import { anything } from '../case/pattern.ts';
import type { RouteName } from '../case/routes.ts';
import { json, post } from '../case/steps.ts';

/** A case of a route, with the place its demand is written in. */
export function about(
  route: RouteName,
  spec: string,
  title: string,
  ...steps: readonly Step[]
): ConformanceCase {
  return { route, title, spec, steps };
}

/** How long an effect that the contract allows to come later may take: dependencies are queued (spec 01 §4.8). */
export const dependencyMs = 3000;

/** The header in which a consumer says who it is, for the service kept under a name. */
export function as(name: string): { readonly headers: { readonly 'X-ConsumerId': string } } {
  return { headers: { 'X-ConsumerId': `\${${name}}` } };
}

/** Registers a service and keeps its id under a name. It is app `app`, version `1.0.0`, named as it is kept. */
export function service(name: string, members: JsonObject = {}): HttpStep {
  return post(
    'R/microservices',
    { service: { serviceName: name, appId: 'app', version: '1.0.0', ...members } },
    json({ serviceId: anything }),
    { capture: { [name]: 'serviceId' } },
  );
}

/** Registers an instance of the service kept under `of` and keeps its id under a name. */
export function instance(name: string, of: string, members: JsonObject = {}): HttpStep {
  return post(
    `R/microservices/\${${of}}/instances`,
    {
      instance: {
        hostName: 'host',
        endpoints: ['rest://10.1.2.3:8080'],
        healthCheck: { mode: 'push', interval: 30, times: 3 },
        ...members,
      },
    },
    json({ instanceId: anything }),
    { capture: { [name]: 'instanceId' } },
  );
}
