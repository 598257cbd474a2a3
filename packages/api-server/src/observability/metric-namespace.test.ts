import { MetricRegistry } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { namespaced } from './metric-namespace.ts';

describe('namespaced', () => {
  const metrics = new MetricRegistry();
  for (const name of [
    'http_request_total',
    'process_cpu_usage',
    'process_open_fds',
    'go_threads',
    'syncer_peers_total',
  ]) {
    metrics
      .gauge({ name, help: name, labelNames: ['a'] })
      .labels('x')
      .set(1);
  }
  const pairs = namespaced(metrics.collect(), 'h:1').map(({ spec, samples }) => [
    spec.name,
    samples[0]?.labels,
  ]);

  it('puts the reference’s namespace and the server before what the registry measures', () => {
    expect(pairs).toContainEqual([
      'service_center_http_request_total',
      { instance: 'h:1', a: 'x' },
    ]);
    expect(pairs).toContainEqual(['service_center_process_cpu_usage', { instance: 'h:1', a: 'x' }]);
  });

  it.each(['process_open_fds', 'go_threads', 'syncer_peers_total'])('leaves %s alone', (name) => {
    expect(pairs).toContainEqual([name, { a: 'x' }]);
  });
});
