import { describe, expect, it } from 'vitest';

import { MetricRegistry } from './metric-registry.ts';

describe('MetricRegistry', () => {
  it('collects every series of every family', () => {
    const metrics = new MetricRegistry();
    const requests = metrics.counter({
      name: 'requests_total',
      help: 'Requests',
      labelNames: ['method', 'code'],
    });
    requests.labels('GET', '200').inc();
    requests.labels('GET', '200').inc(2);
    requests.labels('PUT', '400').inc();
    const size = metrics.gauge({ name: 'size', help: 'Size' });
    size.labels().set(7);
    size.labels().inc(-2);
    metrics.summary({ name: 'latency', help: 'Latency' }).labels().observe(3);

    expect(metrics.collect()).toMatchObject([
      {
        kind: 'counter',
        spec: { name: 'requests_total' },
        samples: [
          { labels: { method: 'GET', code: '200' }, value: 3 },
          { labels: { method: 'PUT', code: '400' }, value: 1 },
        ],
      },
      { kind: 'gauge', samples: [{ labels: {}, value: 5 }] },
      { kind: 'summary', samples: [{ labels: {}, value: { count: 1, sum: 3 } }] },
    ]);
  });

  it('keeps apart label values that look alike when joined', () => {
    const metrics = new MetricRegistry();
    const family = metrics.counter({ name: 'n', help: 'h', labelNames: ['a', 'b'] });
    family.labels('x,y', '').inc();
    family.labels('x', ',y').inc();

    expect(metrics.collect()[0]?.samples).toHaveLength(2);
  });

  it('refuses a name twice and a wrong number of labels', () => {
    const metrics = new MetricRegistry();
    const family = metrics.counter({ name: 'n', help: 'h', labelNames: ['a'] });

    expect(() => metrics.gauge({ name: 'n', help: 'other' })).toThrow('metric n is defined twice');
    expect(() => family.labels()).toThrow(RangeError);
    expect(() => family.labels('a', 'b')).toThrow('n has the labels [a]');
  });

  it('forgets series when a family is reset', () => {
    const metrics = new MetricRegistry();
    const family = metrics.gauge({ name: 'n', help: 'h', labelNames: ['a'] });
    family.labels('x').set(1);
    family.reset();

    expect(metrics.collect()[0]?.samples).toEqual([]);
  });

  it('refreshes gauges before it collects, until told to stop', () => {
    const metrics = new MetricRegistry();
    const gauge = metrics.gauge({ name: 'n', help: 'h' }).labels();
    let reads = 0;
    const stop = metrics.onCollect(() => {
      gauge.set(++reads);
    });
    expect(metrics.collect()[0]?.samples[0]?.value).toBe(1);
    expect(metrics.collect()[0]?.samples[0]?.value).toBe(2);
    stop();

    expect(metrics.collect()[0]?.samples[0]?.value).toBe(2);
  });
});
