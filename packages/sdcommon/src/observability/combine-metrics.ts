import { combineHistograms } from './histogram.ts';
import type { MetricSample, MetricSnapshot } from './metric-registry.ts';
import { combineSummaries } from './summary.ts';

/**
 * Makes the metrics of several processes those of the one server that they are: counters, summaries and histograms are
 * added up, gauges as {@link MetricSpec.combine} says.
 *
 * @param processes - what {@link MetricRegistry.collect} gave in each
 * @returns the families in the order of their first appearance
 */
export function combineMetrics(
  processes: readonly (readonly MetricSnapshot[])[],
): readonly MetricSnapshot[] {
  const families = Map.groupBy(processes.flat(), ({ spec }) => spec.name);
  return [...families.values()].flatMap((snapshots) => {
    const [first] = snapshots;
    return first === undefined ? [] : [combineFamily(first, snapshots)];
  });
}

function combineFamily(
  first: MetricSnapshot,
  snapshots: readonly MetricSnapshot[],
): MetricSnapshot {
  const names = first.spec.labelNames ?? [];
  const series = Map.groupBy(
    snapshots.flatMap(({ samples }) => samples),
    ({ labels }) => names.map((name) => labels[name] ?? '').join('\0'),
  );
  const samples = [...series.values()].map((parts) => ({
    labels: parts[0]?.labels ?? {},
    value: combineValues(first, parts),
  }));
  return { kind: first.kind, spec: first.spec, samples };
}

function combineValues(
  { kind, spec }: MetricSnapshot,
  parts: readonly MetricSample[],
): MetricSample['value'] {
  if (kind === 'summary') {
    return combineSummaries(
      parts.flatMap(({ value }) =>
        typeof value !== 'number' && 'quantiles' in value ? [value] : [],
      ),
    );
  }
  if (kind === 'histogram') {
    return combineHistograms(
      parts.flatMap(({ value }) =>
        typeof value !== 'number' && !('quantiles' in value) ? [value] : [],
      ),
    );
  }
  const numbers = parts.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  return kind === 'gauge' && spec.combine === 'max'
    ? Math.max(...numbers)
    : numbers.reduce((sum, value) => sum + value, 0);
}
