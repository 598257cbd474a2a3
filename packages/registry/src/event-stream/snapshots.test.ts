import { toStringMap } from '@service-center/sdcommon';
import {
  instanceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
} from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import { tenant } from '../../test/requests.ts';
import { ScriptedStreams } from '../../test/scripted-streams.ts';
import { ConsumerViews } from './consumer-views.ts';
import { EventLog } from './event-log.ts';
import { Snapshots } from './snapshots.ts';
import { TopicFilter } from './topic-filter.ts';

function instanceOf(serviceId: string, weight: string) {
  const properties = toStringMap([['weight', weight]]);
  return instanceDraft(tenant, sampleInstance({ serviceId, instanceId: 'i', properties }));
}

// Readers that stop in the middle of a snapshot keep theirs; each begins after another change.
it('lists what has not changed by the same objects in every snapshot', async () => {
  await using harness = new ScriptedStreams();
  await harness.start();
  const { aggregator, resolver, access, feed } = harness;
  const { services, instances, dependencies } = aggregator;
  const log = new EventLog({ maxChanges: 1, maxBytes: 1, logId: 'log' });
  const views = new ConsumerViews({ services, dependencies, resolver, access, log });
  const snapshots = new Snapshots({ all: aggregator.cache('SERVICE'), services, instances });
  const filter = new TopicFilter(tenant, [{ kind: 'project' }], views);
  for (const serviceId of ['a', 'b']) {
    feed.put(
      serviceDraft(tenant, sampleService({ serviceId, serviceName: serviceId })),
      instanceOf(serviceId, '1'),
    );
  }
  await harness.turn();
  const [firstA, firstB] = snapshots.collect(filter);

  feed.put(instanceOf('b', '2'));
  await harness.turn();
  snapshots.forget();
  const [secondA, secondB] = snapshots.collect(filter);

  expect(secondA).toBe(firstA);
  expect(secondB?.service).toBe(firstB?.service);
  const weights = [firstB, secondB].map((one) => one?.instances[0]?.value.properties['weight']);
  expect(weights).toEqual(['1', '2']);
});
