import { expect, it } from 'vitest';

import { combineMetrics } from './combine-metrics.ts';
import { MetricRegistry, type MetricSnapshot } from './metric-registry.ts';

function measure(
  requests: Readonly<Record<string, number>>,
  durations: readonly number[],
): MetricSnapshot[] {
  const metrics = new MetricRegistry();
  const total = metrics.counter({ name: 'requests_total', help: 'Requests', labelNames: ['api'] });
  for (const [api, count] of Object.entries(requests)) total.labels(api).inc(count);
  const summary = metrics.summary({ name: 'durations', help: 'Durations' }).labels();
  for (const duration of durations) summary.observe(duration);
  const histogram = metrics.histogram({ name: 'waits', help: 'Waits', bounds: [2, 100] }).labels();
  for (const duration of durations) histogram.observe(duration);
  metrics.gauge({ name: 'memory', help: 'Memory' }).labels().set(durations.length);
  metrics
    .gauge({ name: 'instances', help: 'Instances', combine: 'max' })
    .labels()
    .set(durations.length);
  return metrics.collect();
}

it('adds up what each process did, and takes once what each of them sees', () => {
  const combined = combineMetrics([
    measure({ find: 2, register: 1 }, [1, 2, 3]),
    measure({ find: 40 }, [1000]),
  ]);
  expect(combined).toMatchObject([
    {
      kind: 'counter',
      spec: { name: 'requests_total' },
      samples: [
        { labels: { api: 'find' }, value: 42 },
        { labels: { api: 'register' }, value: 1 },
      ],
    },
    { kind: 'summary', samples: [{ value: { count: 4, sum: 1006 } }] },
    {
      kind: 'histogram',
      samples: [
        {
          value: {
            count: 4,
            sum: 1006,
            buckets: [
              { upTo: 2, count: 2 },
              { upTo: 100, count: 3 },
              { upTo: Infinity, count: 4 },
            ],
          },
        },
      ],
    },
    { spec: { name: 'memory' }, samples: [{ labels: {}, value: 4 }] },
    { spec: { name: 'instances' }, samples: [{ labels: {}, value: 3 }] },
  ]);
});

it('keeps a family that only one of them has', () => {
  const alone = new MetricRegistry();
  alone.counter({ name: 'restarts_total', help: 'Restarts' }).labels().inc(2);
  expect(combineMetrics([[], alone.collect()])).toEqual(alone.collect());
});
