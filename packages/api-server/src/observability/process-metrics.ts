import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { Clock, MetricRegistry } from '@service-center/sdcommon';

/** What {@link measureProcess} works with. */
export interface ProcessMetricsOptions {
  readonly metrics: MetricRegistry;
  readonly clock: Clock;
}

const threadsLine = /^Threads:\s+(\d+)$/m;
const eventLoopResolutionMs = 20;

/**
 * Measures the process itself at each look at the metrics (spec 05 §8). The `go_*` names are those that dashboards of
 * the reference show; they carry the nearest thing this runtime has.
 *
 * @returns stops measuring
 */
export function measureProcess(options: ProcessMetricsOptions): () => void {
  const { metrics, clock } = options;
  const gauge = (name: string, help: string): { set(value: number): void } =>
    metrics.gauge({ name, help }).labels();
  const residentMemory = gauge('process_resident_memory_bytes', 'Resident memory');
  const heapUsed = gauge('nodejs_heap_used_bytes', 'Memory used on the heap of JavaScript');
  const openFiles = gauge('process_open_fds', 'Open file descriptors');
  const threads = gauge('go_threads', 'Threads of the process');
  const handles = gauge('go_goroutines', 'Handles and requests that keep the event loop alive');
  const loopDelay = metrics
    .gauge({
      name: 'nodejs_eventloop_lag_p99_seconds',
      help: 'Delay of the event loop, 99th percentile since the last look',
      combine: 'max',
    })
    .labels();
  const cpuSeconds = metrics
    .counter({ name: 'process_cpu_seconds_total', help: 'User and system time' })
    .labels();
  const cpuUsage = metrics
    .gauge({ name: 'process_cpu_usage', help: 'Cores in use since the last look' })
    .labels();
  const delays = monitorEventLoopDelay({ resolution: eventLoopResolutionMs });
  delays.enable();
  let lastCpuSeconds = 0;
  let lastMs = clock.monotonicMs();

  const stop = metrics.onCollect(() => {
    const { rss, heapUsed: heap } = process.memoryUsage();
    residentMemory.set(rss);
    heapUsed.set(heap);
    const { user, system } = process.cpuUsage();
    const cpu = (user + system) / 1e6;
    const nowMs = clock.monotonicMs();
    cpuSeconds.inc(cpu - lastCpuSeconds);
    if (nowMs > lastMs) cpuUsage.set((cpu - lastCpuSeconds) / ((nowMs - lastMs) / 1000));
    lastCpuSeconds = cpu;
    lastMs = nowMs;
    openFiles.set(countOpenFiles());
    threads.set(countThreads());
    handles.set(process.getActiveResourcesInfo().length);
    loopDelay.set(delays.percentile(99) / 1e9);
    delays.reset();
  });
  return () => {
    stop();
    delays.disable();
  };
}

// Only Linux shows these files; elsewhere the figures stay 0.
function countOpenFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

function countThreads(): number {
  if (process.platform !== 'linux') return 0;
  return Number(threadsLine.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
}
