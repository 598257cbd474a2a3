import { MetricRegistry, type ResourceRecord } from '@service-center/sdcommon';
import { ManualClock, sampleService, serviceDraft } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { tenant } from '../../test/requests.ts';
import { PushTrace } from '../push-trace/index.ts';
import { EventLog } from './event-log.ts';
import type { LogEntry } from './log-entry.ts';
import { TopicKeys } from './topic-keys.ts';

function record(description = ''): ResourceRecord<'SERVICE'> {
  const draft = serviceDraft(tenant, sampleService({ description }));
  return { ...draft, type: 'SERVICE', createRevision: 1n, modRevision: 1n, version: 1n };
}

function open(limits: { readonly maxChanges?: number; readonly maxBytes?: number } = {}) {
  const log = new EventLog({ maxChanges: 1000, maxBytes: 10_000_000, logId: 'log', ...limits });
  const trace = new PushTrace({
    clock: new ManualClock(),
    metrics: new MetricRegistry(),
    minutes: 0,
    maxBytes: 0,
  });
  const keys = new TopicKeys();
  const append = (
    service = record(),
    action: LogEntry['action'] = 'UPDATE',
    consumers: ReadonlySet<string> = new Set(),
  ): LogEntry =>
    log.append({
      action,
      resource: service,
      service,
      keys: keys.of(service),
      consumers,
      push: trace.push(
        {
          type: action,
          resourceType: 'SERVICE',
          resource: service,
          previous: undefined,
          cause: undefined,
          revision: 1n,
          receivedMs: 0,
        },
        service.value,
      ),
    });
  return { log, append };
}

describe('the event log', () => {
  it('finds changes by their sequence numbers and positions', () => {
    const { log, append } = open();
    const first = append();
    const mark = log.mark();
    const second = append();

    expect([first.sequence, mark, second.sequence, log.newest]).toEqual([1, 2, 3, 3]);
    expect(log.get(1)).toBe(first);
    expect(log.get(mark)).toBeUndefined();
    expect(log.get(3)).toBe(second);
    expect(log.sequenceOf(second.position)).toBe(3);
    expect(log.sequenceOf(log.position(0))).toBe(0);
  });

  it.each(['other.1', 'log.9', 'log.', 'log.1.1', 'log.-1', 'log.1e0', 'log'])(
    'does not know the position %s',
    (position) => {
      const { log, append } = open();
      append();

      expect(log.sequenceOf(position)).toBeUndefined();
    },
  );

  it('keeps as many changes as it may', () => {
    const { log, append } = open({ maxChanges: 3 });
    for (let count = 0; count < 5000; count++) append();

    expect([log.size, log.oldest, log.newest]).toEqual([3, 4998, 5000]);
    expect(log.get(4997)).toBeUndefined();
    expect(log.get(4998)?.sequence).toBe(4998);
    expect([log.has(4996), log.has(4997), log.has(5000)]).toEqual([false, true, true]);
  });

  it('stays within its bytes, whatever one change takes', () => {
    const { log, append } = open({ maxBytes: 20_000 });
    for (let count = 0; count < 100; count++) append(record('a'.repeat(count * 100)));

    expect(log.bytes).toBeLessThanOrEqual(20_000);
    expect(log.size).toBe(0);
    append();
    expect(log.size).toBe(1);
    expect(log.bytes).toBeGreaterThan(0);
  });

  it('stays within its bytes, however many consumers a service has when it goes', () => {
    const { log, append } = open({ maxBytes: 100_000 });
    const consumers = new Set(Array.from({ length: 1000 }, (_, number) => `consumer-${number}`));
    for (let count = 0; count < 10; count++) append(record(), 'DELETE', consumers);

    expect(log.size).toBeLessThan(3);
    expect(log.deletionsAfter(0)).toHaveLength(log.size);
  });

  it('knows which services were deleted since, as long as it has their deletions', () => {
    const { log, append } = open({ maxChanges: 3 });
    append(record(), 'DELETE');
    append();
    const second = append(record(), 'DELETE');

    expect(log.deletionsAfter(0).map(({ sequence }) => sequence)).toEqual([1, 3]);
    append();
    expect(log.deletionsAfter(0)).toEqual([second]);
    expect(log.deletionsAfter(3)).toEqual([]);
  });
});
