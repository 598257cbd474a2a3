import { MetricRegistry } from '@service-center/sdcommon';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { renderMetrics } from './metrics-page.ts';

describe('renderMetrics', () => {
  it('renders each kind of metric', async () => {
    const metrics = new MetricRegistry();
    metrics
      .counter({ name: 'c_total', help: 'counts', labelNames: ['a'] })
      .labels('x"y')
      .inc(3);
    metrics.gauge({ name: 'g', help: 'stands' }).labels().set(1.5);
    const summary = metrics.summary({ name: 's', help: 'lasts', labelNames: ['a'] }).labels('z');
    summary.observe(8);
    summary.observe(8);

    const histogram = metrics
      .histogram({ name: 'h', help: 'waits', labelNames: ['a'], bounds: [5, 10] })
      .labels('z');
    for (const value of [4, 8, 80]) histogram.observe(value);

    const text = await renderMetrics(metrics.collect(), new Registry());

    expect(text.split('\n')).toEqual([
      '# HELP c_total counts',
      '# TYPE c_total counter',
      'c_total{a="x\\"y"} 3',
      '',
      '# HELP g stands',
      '# TYPE g gauge',
      'g 1.5',
      '',
      '# HELP s lasts',
      '# TYPE s summary',
      's{quantile="0.5",a="z"} 8',
      's{quantile="0.9",a="z"} 8',
      's{quantile="0.99",a="z"} 8',
      's_sum{a="z"} 16',
      's_count{a="z"} 2',
      '',
      '# HELP h waits',
      '# TYPE h histogram',
      'h_bucket{le="5",a="z"} 1',
      'h_bucket{le="10",a="z"} 2',
      'h_bucket{le="+Inf",a="z"} 3',
      'h_sum{a="z"} 92',
      'h_count{a="z"} 3',
      '',
    ]);
  });

  it('renders a family without series', async () => {
    const metrics = new MetricRegistry();
    metrics.counter({ name: 'c_total', help: 'counts', labelNames: ['a'] });
    expect(await renderMetrics(metrics.collect(), new Registry())).toContain(
      '# TYPE c_total counter',
    );
  });
});
