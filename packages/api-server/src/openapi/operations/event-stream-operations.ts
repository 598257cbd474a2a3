import { freeQuery, type OperationSpec } from '../operation.ts';

const position = 'the `id` of the last message that was worked off';

/** Event streams over plain HTTP. */
export const eventStreamOperations = {
  StreamEvents: {
    tag: 'Discovery',
    summary: 'Follow services and instances as server-sent events',
    description: `What is there comes first, then every change, in order and once. Without \`consumerId\`, \`serviceId\`, \`appId\` and \`scope\` the whole project is followed; only one of them may be there.

- \`reset\`: forget everything, the position too; a snapshot follows. \`{"reason":"new"}\`, or \`positionUnknown\`, \`slow\`, \`viewChanged\`.
- \`change\`: \`{"action","key","service" or "instance"}\`; the action is \`INIT\` in a snapshot, else \`CREATE\`, \`UPDATE\` or \`DELETE\`.
- \`synchronized\`: nothing is missing up to here.
- \`leave\`: the server ends the stream, with a \`reason\`.

The \`id\` of a message is the position to go on from, with \`Last-Event-ID\` or \`position\`; the header counts first. A comment comes when nothing else does for 15 s. A client that takes nothing for 30 s is cut off. The same streams are offered over socket.io, at \`/socket.io/\` in the namespace \`/v4\`.`,
    parameters: [
      freeQuery('consumerId', 'Follow the providers that this service depends on and may use.'),
      {
        ...freeQuery('serviceId', 'Follow one version of a service. May be repeated.'),
        schema: { type: 'array', items: { type: 'string' }, maxItems: 100 },
      },
      freeQuery('appId', 'Follow the services of an application.'),
      freeQuery('serviceName', 'With `appId`: follow all versions of this service only.'),
      freeQuery(
        'env',
        'With `appId`: follow this environment only; an empty value is the empty environment.',
      ),
      freeQuery('scope', '`domain`: follow all projects of the domain.', {
        type: 'string',
        enum: ['domain', ''],
      }),
      freeQuery(
        'position',
        `Where to go on: ${position}. Not for an \`EventSource\`, which would come back with it after a \`reset\`.`,
      ),
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: `Where to go on: ${position}. Browsers send it by themselves.`,
        isRequired: false,
        schema: { type: 'string' },
      },
    ],
    answer: {
      description: 'The stream. It ends when one of the two sides hangs up.',
      content: {
        'text/event-stream': {
          type: 'string',
          pattern: '^retry: 1000\\n\\n',
          description: 'Messages as the HTML standard has them: `event`, `id` and `data`.',
        },
      },
    },
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;
