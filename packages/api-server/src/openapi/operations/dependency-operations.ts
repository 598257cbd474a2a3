import { maxDependencies } from '@service-center/registry/validation';

import { schemaRef, type JsonSchema } from '../json-schema.ts';
import {
  jsonAnswer,
  oneQuery,
  readParameters,
  type AnswerSpec,
  type OperationSpec,
} from '../operation.ts';
import { mandatory, requestObject } from '../request-schema.ts';
import { listAnswer } from '../schemas/answer-schemas.ts';

const declared: AnswerSpec = {
  description: 'Taken down; it shows within a second or so.',
  headers: [
    {
      name: 'Deprecation',
      description: 'Finding instances declares a dependency by itself.',
      schema: { type: 'string', const: 'version="v4"' },
    },
  ],
};
const body: JsonSchema = requestObject({
  dependencies: mandatory({
    type: 'array',
    minItems: 1,
    maxItems: maxDependencies,
    items: schemaRef('DependencyToDeclare'),
  }),
});
const filters = [
  oneQuery('sameDomain', 'Only services of the same tenant.'),
  oneQuery('noSelf', 'Without the service itself.'),
  ...readParameters,
];

/** Who depends on whom (spec 01 §4.8). */
export const dependencyOperations = {
  AddDependencies: {
    tag: 'Dependencies',
    summary: 'Declare dependencies on top of others',
    description: 'Every entry needs at least one provider.',
    body,
    answer: declared,
    errors: ['serviceNotExists'],
  },
  PutDependencies: {
    tag: 'Dependencies',
    summary: 'Declare dependencies in the place of others',
    description: 'An entry without providers clears those of its consumer.',
    body,
    answer: declared,
    errors: ['serviceNotExists'],
  },
  GetConProDependencies: {
    tag: 'Dependencies',
    summary: 'List what a service depends on',
    parameters: filters,
    answer: jsonAnswer('The providers.', listAnswer('providers', schemaRef('MicroService'))),
    errors: ['serviceNotExists'],
  },
  GetProConDependencies: {
    tag: 'Dependencies',
    summary: 'List what depends on a service',
    parameters: filters,
    answer: jsonAnswer('The consumers.', listAnswer('consumers', schemaRef('MicroService'))),
    errors: ['serviceNotExists'],
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;
