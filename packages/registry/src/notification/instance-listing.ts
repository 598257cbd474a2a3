import type { Aggregator } from '@service-center/aggregator';
import { encodeWatchInstanceEvent, type ResourceRecord } from '@service-center/sdcommon';

import { serviceKey } from '../dependency/service-key.ts';
import { PushFrame } from './push-frame.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/**
 * Lists the instances of providers as `INIT` events (spec 04 §5.2). What is listed is what the index holds now; an event
 * is encoded when it is asked for, so that a slow subscriber with many instances costs no memory for their texts.
 */
export function listInstances(
  providers: Iterable<ServiceRecord>,
  instances: Aggregator['instances'],
): Iterator<PushFrame, undefined> {
  const listed: [ServiceRecord, readonly ResourceRecord<'INSTANCE'>[]][] = [];
  for (const provider of providers) {
    const { tenant, serviceId } = provider.identity;
    const records = instances.ofService(tenant, serviceId);
    if (records.length > 0) listed.push([provider, records]);
  }
  return frames(listed);
}

function* frames(
  listed: readonly [ServiceRecord, readonly ResourceRecord<'INSTANCE'>[]][],
): Generator<PushFrame, undefined> {
  for (const [{ identity, value }, records] of listed) {
    const key = { ...serviceKey(identity.tenant, value), tenant: '', alias: '' };
    for (const { encoded } of records) {
      yield new PushFrame(encodeWatchInstanceEvent('INIT', key, encoded));
    }
  }
  return undefined;
}
