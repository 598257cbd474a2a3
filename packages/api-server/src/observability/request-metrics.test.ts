import { MetricRegistry } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import type { Route } from '../routing/route.ts';
import { RequestMetrics } from './request-metrics.ts';

const route: Route = {
  api: 'FindInstances',
  method: 'GET',
  pattern: '/registry/v3/instances',
  form: 'v3',
  body: 'none',
  isHot: true,
  isLogged: true,
};

function setUp(maxDomains: number) {
  const metrics = new MetricRegistry();
  const clock = new ManualClock();
  const requests = new RequestMetrics({ metrics, clock, maxDomains });
  const samples = (name: string) =>
    metrics.collect().find((snapshot) => snapshot.spec.name === `http_${name}`)?.samples ?? [];
  return { requests, clock, samples };
}

describe('RequestMetrics', () => {
  it('counts by status, and success below 500', () => {
    const { requests, samples } = setUp(10);
    const series = requests.series(route, 'd');
    series.record(200, 10);
    series.record(400, 10);
    series.record(500, 10);
    const labels = { method: 'GET', api: 'FindInstances', domain: 'd' };
    expect(samples('request_total')).toEqual([
      { labels: { ...labels, code: '200' }, value: 1 },
      { labels: { ...labels, code: '400' }, value: 1 },
      { labels: { ...labels, code: '500' }, value: 1 },
    ]);
    expect(samples('success_total').map((sample) => sample.labels['code'])).toEqual(['200', '400']);
    expect(samples('request_durations_microseconds')).toMatchObject([
      { labels, value: { count: 3, sum: 30 } },
    ]);
  });

  it('gives domains beyond the limit one series together', () => {
    const { requests, samples } = setUp(2);
    for (const domain of ['a', 'b', 'c', 'd', 'a']) requests.series(route, domain).record(200, 1);
    const counts = samples('request_total').map(({ labels, value }) => [labels['domain'], value]);
    expect(counts).toEqual([
      ['a', 2],
      ['b', 1],
      ['other', 2],
    ]);
  });

  it('computes the requests a second of an interval', async () => {
    const { requests, clock, samples } = setUp(10);
    const series = requests.series(route, 'd');
    for (let count = 0; count < 60; count++) series.record(200, 1);
    await clock.advance(30_000);
    requests.updateRates();
    expect(samples('query_per_seconds')).toMatchObject([{ value: 2 }]);
    await clock.advance(30_000);
    requests.updateRates();
    expect(samples('query_per_seconds')).toMatchObject([{ value: 0 }]);
  });
});
