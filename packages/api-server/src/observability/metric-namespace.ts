import type { MetricSnapshot } from '@service-center/sdcommon';

const namespace = 'service_center_';
const instanceLabel = 'instance';

// What every process has, and what the reference's replication counts, carries no namespace (spec 05 §8).
const withoutNamespace = /^(?:go_|nodejs_|syncer_|process_(?!cpu_usage$))/;

/**
 * Gives metrics the namespace and the label `instance` under which the reference shows them. Whoever measures uses the
 * bare names and needs not know where the server listens.
 *
 * @param instance - the server's `host:port`
 */
export function namespaced(
  snapshots: readonly MetricSnapshot[],
  instance: string,
): readonly MetricSnapshot[] {
  return snapshots.map((snapshot) => {
    const { spec, samples } = snapshot;
    if (withoutNamespace.test(spec.name)) return snapshot;
    return {
      ...snapshot,
      spec: {
        ...spec,
        name: `${namespace}${spec.name}`,
        labelNames: [instanceLabel, ...(spec.labelNames ?? [])],
      },
      samples: samples.map(({ labels, value }) => ({
        labels: { [instanceLabel]: instance, ...labels },
        value,
      })),
    };
  });
}
