import { dropReasons, pushChannels, type DeliveryRecord } from '@service-center/registry';
import { listPushesChecks } from '@service-center/registry/validation';

import { schemaRef, type JsonSchema } from '../json-schema.ts';
import { jsonAnswer, query, type OperationSpec } from '../operation.ts';
import { ruleOf } from '../request-schema.ts';
import { answerObject, numberOf, textOf, wordOf } from '../schemas/answer-schemas.ts';

const states = [
  'queued',
  'sent',
  'acknowledged',
  'dropped',
] as const satisfies readonly DeliveryRecord['state'][];

/** What the server has pushed to whom. */
export const pushOperations = {
  ListPushes: {
    tag: 'Administration',
    summary: 'List what this server has pushed, and to whom',
    description:
      'The pushes of the last minutes, the newest first, each with everybody to whom it went or was to go: when the change was committed, reached this server and was taken over, and for each subscriber when it was queued, sent, acknowledged or dropped. Times are Unix milliseconds with fractions. What is older, or too much to keep, is forgotten. One answer has 20,000 deliveries at most.',
    parameters: [
      query(
        'serviceId',
        ruleOf(listPushesChecks, 'ListPushesRequest.ServiceId'),
        'Only pushes about this service.',
      ),
      query(
        'instanceId',
        ruleOf(listPushesChecks, 'ListPushesRequest.InstanceId'),
        'Only pushes about this instance.',
      ),
      query(
        'subscriber',
        ruleOf(listPushesChecks, 'ListPushesRequest.Subscriber'),
        'Only what went to this subscriber, such as `sse-17`.',
      ),
      query(
        'limit',
        ruleOf(listPushesChecks, 'ListPushesRequest.Limit'),
        'How many pushes at most; 100 without it.',
      ),
    ],
    answer: jsonAnswer(
      'The pushes.',
      answerObject(['pushes', 'truncated'], {
        pushes: allOf(schemaRef('Push')),
        truncated: {
          type: 'boolean',
          description: 'Whether there are more pushes or deliveries than shown.',
        },
      }),
    ),
    errors: ['invalidParameters'],
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;

/** The types of the answer, as components of the document. */
export const pushSchemas = {
  Push: answerObject(['action', 'key', 'serviceId', 'receivedAt', 'appliedAt', 'deliveries'], {
    action: wordOf(['CREATE', 'UPDATE', 'DELETE', 'EXPIRE']),
    key: schemaRef('MicroServiceKey'),
    serviceId: textOf(),
    instanceId: textOf('Absent when the push is about the service as a whole.'),
    revision: numberOf('int64', 'Of the change in the store.'),
    committedAt: timeOf('When the change was known to be durable, where the store tells.'),
    receivedAt: timeOf('When the change reached this server.'),
    appliedAt: timeOf('When this server had taken it over.'),
    deliveries: allOf(schemaRef('PushDelivery')),
  }),
  PushDelivery: answerObject(['subscriber', 'channel', 'queuedAt', 'state'], {
    subscriber: textOf('Names the subscriber as long as this server runs.'),
    channel: wordOf(pushChannels),
    remote: textOf('Address and port of the client.'),
    consumerId: textOf('The service whose providers the subscriber watches.'),
    queuedAt: timeOf(),
    sentAt: timeOf(),
    acknowledgedAt: timeOf('When the client said that it has it; only socket.io clients can.'),
    droppedAt: timeOf(),
    reason: wordOf(dropReasons, 'Why it was dropped.'),
    state: wordOf(states),
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** A list that is there when it is empty, too. */
function allOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function timeOf(description = ''): JsonSchema {
  return {
    type: 'number',
    description: `${description} Unix milliseconds.`.trimStart(),
  };
}
