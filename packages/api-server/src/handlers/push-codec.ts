import { setImmediate as nextTurn } from 'node:timers/promises';

import type { DeliveryRecord, FoundPushes, PushRecord } from '@service-center/registry';
import { encodeMicroServiceKey, JsonWriter } from '@service-center/sdcommon';

/** A thousand deliveries take about a millisecond to encode; then others get their turn. */
const deliveriesPerTurn = 1000;

/** What `/admin/pushes` answers. Encoded in turns, because it may be megabytes. */
export async function encodePushes({ pushes, isTruncated }: FoundPushes): Promise<string> {
  const texts: string[] = [];
  for (const push of pushes) texts.push(await encodePush(push));
  return `{"pushes":[${texts.join(',')}],"truncated":${isTruncated}}`;
}

async function encodePush(push: PushRecord): Promise<string> {
  const deliveries: string[] = [];
  for (const delivery of push.deliveries) {
    if (deliveries.push(encodeDelivery(delivery)) % deliveriesPerTurn === 0) await nextTurn();
  }
  return new JsonWriter()
    .text('action', push.action)
    .keep('key', encodeMicroServiceKey(push.key))
    .text('serviceId', push.serviceId)
    .text('instanceId', push.instanceId ?? '')
    .struct('revision', push.revision, String)
    .struct('committedAt', push.committedAt, String)
    .struct('receivedAt', push.receivedAt, String)
    .struct('appliedAt', push.appliedAt, String)
    .keep('deliveries', `[${deliveries.join(',')}]`)
    .end();
}

function encodeDelivery(delivery: DeliveryRecord): string {
  return new JsonWriter()
    .text('subscriber', delivery.subscriber)
    .text('channel', delivery.channel)
    .text('remote', delivery.remote)
    .text('consumerId', delivery.consumerId ?? '')
    .struct('queuedAt', delivery.queuedAt, String)
    .struct('sentAt', delivery.sentAt, String)
    .struct('acknowledgedAt', delivery.acknowledgedAt, String)
    .struct('droppedAt', delivery.droppedAt, String)
    .text('reason', delivery.reason ?? '')
    .text('state', delivery.state)
    .end();
}
