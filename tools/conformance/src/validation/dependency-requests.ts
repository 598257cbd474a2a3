import { done, json, refused } from '../case/steps.ts';
import { service } from '../cases/setup.ts';
import { bodyFields, queryFields, type FieldEntry } from './field-places.ts';
import * as formats from './formats.ts';
import { environment } from './identifiers.ts';
import type { RequestKind } from './request-kind.ts';

const consumer = { appId: 'app', serviceName: 's', version: '1.0.0' };
const entry = { consumer, providers: [{ appId: 'a', serviceName: 'p', version: '1.0.0' }] };

/** The consumer of a right form that is nobody's is unknown. */
const unknownConsumer = refused(400012);

const dependencyFields: Readonly<Record<string, FieldEntry>> = {
  'dependencies.0.consumer': { kind: 'required-object' },
  'dependencies.0.providers.0.environment': environment,
  'dependencies.0.providers.0.appId': { kind: 'text', format: formats.name, max: 160 },
  'dependencies.0.providers.0.serviceName': {
    kind: 'text',
    format: formats.nameOrStar,
    min: 1,
    max: 128,
  },
  'dependencies.0.providers.0.version': {
    kind: 'text',
    format: formats.dependencyRule,
    max: 128,
  },
};

const unknownConsumerFields: Readonly<Record<string, FieldEntry>> = {
  'dependencies.0.consumer.environment': { rule: environment, accepted: unknownConsumer },
  'dependencies.0.consumer.appId': {
    rule: { kind: 'text', format: formats.name, min: 1, max: 160 },
    accepted: unknownConsumer,
  },
  'dependencies.0.consumer.serviceName': {
    rule: { kind: 'text', format: formats.name, min: 1, max: 128 },
    accepted: unknownConsumer,
  },
  'dependencies.0.consumer.version': {
    rule: { kind: 'text', format: formats.version, min: 1, max: 64 },
    accepted: unknownConsumer,
  },
};

const dependencies: readonly RequestKind[] = (['POST', 'PUT'] as const).map((method) => {
  const base = { method, path: 'R/dependencies' };
  return {
    route: method === 'POST' ? 'add-dependencies' : 'replace-dependencies',
    setup: [service('s')],
    accepted: done,
    fields: [
      ...bodyFields(base, { dependencies: [entry] }, dependencyFields),
      ...bodyFields(
        base,
        { dependencies: [{ ...entry, consumer: { ...consumer, serviceName: 'nobody' } }] },
        unknownConsumerFields,
      ),
      ...bodyFields(
        base,
        {},
        {
          dependencies: {
            kind: 'count',
            min: 1,
            max: 100,
            fill: (size) => Array.from({ length: size }, () => entry),
            wrongTypes: [{}, 'text', 1, [1], ['text'], [{}]],
          },
        },
      ),
      ...bodyFields(
        base,
        { dependencies: [{ consumer }] },
        {
          'dependencies.0.providers': {
            kind: 'count',
            min: method === 'POST' ? 1 : 0,
            fill: (size) =>
              Array.from({ length: size }, (_, index) => ({ serviceName: `p${index}` })),
            wrongTypes: [{}, 'text', 1, [1], ['text'], [{}]],
          },
        },
      ),
    ],
  };
});

const apps: RequestKind = {
  route: 'govern-apps',
  setup: [],
  accepted: json({}),
  fields: queryFields({ method: 'GET', path: 'G/apps' }, {}, { env: environment }),
};

const countOnly: RequestKind = {
  route: 'govern-services',
  setup: [],
  accepted: json({}),
  fields: queryFields(
    { method: 'GET', path: 'G/microservices' },
    {},
    {
      countOnly: {
        kind: 'text',
        format: { accepts: ['0', '1', ' '], refuses: ['2', 'true', '01', 'x'] },
      },
    },
  ),
};

/** The validated requests about dependencies, and of the govern views (spec 01 §6). */
export const dependencyRequests: readonly RequestKind[] = [...dependencies, apps, countOnly];
