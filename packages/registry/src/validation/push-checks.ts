import type { Checklist } from './checklist.ts';
import { patterns } from './pattern.ts';

/** Which pushes an operator asks for; `''` where it does not matter. */
export interface ListPushesQuery {
  readonly serviceId: string;
  readonly instanceId: string;
  /** The id of a subscriber in the push trace, such as `sse-17`. */
  readonly subscriber: string;
  /** How many pushes at most, 1 to 1000; `''`: 100. */
  readonly limit: string;
}

/** The checks of looking into the push trace. */
export const listPushesChecks: Checklist<ListPushesQuery> = [
  {
    field: 'ListPushesRequest.ServiceId',
    rule: { max: 64, pattern: patterns.id },
    value: ({ serviceId }) => serviceId,
  },
  {
    field: 'ListPushesRequest.InstanceId',
    rule: { max: 64, pattern: patterns.simpleNameOrNone },
    value: ({ instanceId }) => instanceId,
  },
  {
    field: 'ListPushesRequest.Subscriber',
    rule: { pattern: patterns.subscriberId },
    value: ({ subscriber }) => subscriber,
  },
  {
    field: 'ListPushesRequest.Limit',
    rule: { pattern: patterns.upToThousand },
    value: ({ limit }) => limit,
  },
];
