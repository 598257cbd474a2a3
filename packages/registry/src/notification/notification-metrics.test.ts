import { MetricRegistry } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { NotificationMetrics } from './notification-metrics.ts';

describe('the subscribers of a domain', () => {
  it('are counted under their own name for a bounded number of domains', () => {
    const registry = new MetricRegistry();
    const metrics = new NotificationMetrics(registry, new ManualClock());

    for (let domain = 0; domain < 1500; domain++) metrics.subscribers(`d${domain}`, 2);
    metrics.subscribers('d0', -1);
    metrics.subscribers('d1400', -1);

    const samples = registry
      .collect()
      .find(({ spec }) => spec.name === 'notify_subscriber_total')?.samples;
    const count = (domain: string): unknown =>
      samples?.find(({ labels }) => labels['domain'] === domain)?.value;
    expect(samples).toHaveLength(1001);
    expect(count('d0')).toBe(1);
    expect(count('_other')).toBe(999);
  });

  it('are counted by the way in which they are connected', () => {
    const registry = new MetricRegistry();
    const metrics = new NotificationMetrics(registry, new ManualClock());
    metrics.subscribers('d', 1);
    metrics.subscribers('d', 2, 'socket.io');
    metrics.subscribers('d', 3, 'sse');
    metrics.subscribers('d', -1, 'sse');

    const samples = registry
      .collect()
      .find(({ spec }) => spec.name === 'notify_subscriber_total')?.samples;
    expect(samples).toEqual([
      { labels: { domain: 'd', scheme: 'Websocket' }, value: 1 },
      { labels: { domain: 'd', scheme: 'SocketIO' }, value: 2 },
      { labels: { domain: 'd', scheme: 'SSE' }, value: 2 },
    ]);
  });
});
