import {
  MetricRegistry,
  type CacheEventRecord,
  type ResourceRecord,
  type ServiceIdentity,
} from '@service-center/sdcommon';
import { ManualClock, sampleService, serviceDraft } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { tenant } from '../../test/requests.ts';
import { PushTrace } from '../push-trace/index.ts';
import { ConsumerView } from './consumer-view.ts';
import { EventLog } from './event-log.ts';
import type { LogEntry } from './log-entry.ts';
import { serviceTopicKey, TopicKeys } from './topic-keys.ts';

/** The end of a provider, as the caches tell it. */
function deletionOf(serviceId: string): CacheEventRecord<'SERVICE'> {
  const draft = serviceDraft(tenant, sampleService({ serviceId }));
  const resource: ResourceRecord<'SERVICE'> = {
    ...draft,
    type: 'SERVICE',
    createRevision: 1n,
    modRevision: 1n,
    version: 1n,
  };
  return {
    type: 'DELETE',
    resourceType: 'SERVICE',
    resource,
    previous: undefined,
    cause: 'delete',
    revision: 2n,
    receivedMs: 0,
  };
}

/** A consumer with so many providers, and what ends one of them as the router of changes does. */
function open(count: number, maxChanges: number) {
  const log = new EventLog({ maxChanges, maxBytes: 1_000_000_000, logId: 'log' });
  const trace = new PushTrace({
    clock: new ManualClock(),
    metrics: new MetricRegistry(),
    minutes: 0,
    maxBytes: 0,
  });
  const keys = new TopicKeys();
  const providers = new Map<string, ServiceIdentity>();
  for (let number = 0; number < count; number++) {
    const identity = { tenant, serviceId: `p${number}` };
    providers.set(serviceTopicKey(tenant, identity.serviceId), identity);
  }
  const view = new ConsumerView({ tenant, serviceId: 'web' }, providers);
  const end = (number: number): LogEntry => {
    const event = deletionOf(`p${number}`);
    const { resource } = event;
    const entry = log.append({
      action: 'DELETE',
      resource,
      service: resource,
      keys: keys.of(resource),
      consumers: new Set(),
      push: trace.push(event, resource.value),
    });
    view.forgetBefore(log.oldest);
    view.remove(entry);
    return entry;
  };
  return { view, end };
}

describe('the view of a consumer', () => {
  // A look at all that have gone for each that goes would be 450 million of them, and longer than a test may take.
  it('loses 30,000 providers one after the other as quickly as a few', () => {
    const count = 30_000;
    const { view, end } = open(count, count);
    const ends = Array.from({ length: count }, (_, number) => end(number));

    expect(view.providers.size).toBe(0);
    expect(ends.every((entry) => view.covers(entry))).toBe(true);
  });

  it('forgets the providers whose end nobody can be behind any more', () => {
    const count = 1000;
    const { view, end } = open(count, 10);
    const ends = Array.from({ length: count }, (_, number) => end(number));

    expect(ends.slice(-10).every((entry) => view.covers(entry))).toBe(true);
    expect(ends.filter((entry) => view.covers(entry)).length).toBeLessThan(200);
  });
});
