import { schemaRef, type JsonSchema } from '../json-schema.ts';
import { emptyAnswer, jsonAnswer, type OperationSpec } from '../operation.ts';
import { answerObject, listAnswer, textOf } from '../schemas/answer-schemas.ts';

/** What a server says of itself (spec 01 §4.1). */
export const serverInfoMembers = {
  version: textOf(),
  buildTag: textOf(),
  goVersion: textOf('The version of what the server runs on.'),
  os: textOf(),
  arch: textOf(),
} as const satisfies Record<string, JsonSchema>;

/** What the server is, its version and its health (spec 01 §4.1). */
export const serverOperations = {
  Describe: {
    tag: 'Server',
    summary: 'Say what this is',
    isStatic: true,
    answer: jsonAnswer(
      'The product and where to go from here.',
      answerObject(['name', 'description', 'version', 'links'], {
        name: textOf(),
        description: textOf(),
        version: textOf(),
        links: { type: 'object', additionalProperties: { type: 'string' } },
      }),
    ),
  },
  GetVersion: {
    tag: 'Server',
    summary: 'Get the version of the server and of its API',
    answer: jsonAnswer(
      'The versions.',
      answerObject([...Object.keys(serverInfoMembers), 'apiVersion'], {
        ...serverInfoMembers,
        apiVersion: textOf('`4.0.0`, or `3.0.0` in the v3 form.'),
      }),
    ),
  },
  ClusterHealth: {
    tag: 'Server',
    summary: 'List the servers of the registry',
    description: 'Whatever tenant asks. Clients learn the addresses of all servers here.',
    answer: jsonAnswer('The servers.', listAnswer('instances', schemaRef('MicroServiceInstance'))),
    errors: ['unhealthy', 'serviceNotExists', 'serviceVersionNotExists'],
  },
  Readiness: {
    tag: 'Server',
    summary: 'Tell whether the server can serve',
    answer: emptyAnswer,
    errors: ['unhealthy'],
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;

/** `/metrics`, which is answered in front of the router. */
export const metricsOperation: OperationSpec = {
  tag: 'Server',
  summary: 'Get the metrics, for Prometheus',
  isStatic: true,
  answer: {
    description: 'The metrics in the text form of Prometheus.',
    content: { 'text/plain': { type: 'string' } },
  },
};
