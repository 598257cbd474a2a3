import type { QueuedDependency } from '../../../backend/dependency-repository.ts';
import { mergeDependency } from '../../../dependency/merge-dependency.ts';
import { anyService } from '../../../model/dependency.ts';
import type { MicroServiceKey } from '../../../model/microservice.ts';
import { formatTenant, type Tenant } from '../../../model/tenant.ts';
import { describeQueued, describeRule } from './describe-record.ts';

interface Consumer {
  readonly key: MicroServiceKey;
  readonly providers: readonly MicroServiceKey[];
}

/**
 * What a registry knows of dependencies: a queue of changes, and the providers of each consumer. The other side, the
 * consumers of each provider, is no state of its own here, so it cannot disagree.
 */
export class DependencyModel {
  #queue: readonly QueuedDependency[] = [];
  readonly #consumers = new Map<string, Consumer>();

  enqueue(change: QueuedDependency): void {
    const isOfConsumer = (waiting: QueuedDependency): boolean =>
      waiting.serviceId === change.serviceId &&
      formatTenant(waiting.tenant) === formatTenant(change.tenant);
    if (change.kind === 'find') {
      const provider = change.dependency.providers[0]?.serviceName;
      const isWaiting = this.#queue.some(
        (waiting) =>
          waiting.kind === 'find' &&
          isOfConsumer(waiting) &&
          waiting.dependency.providers[0]?.serviceName === provider,
      );
      if (isWaiting) return;
    }
    const others =
      change.kind === 'override'
        ? this.#queue.filter((waiting) => waiting.kind !== 'override' || !isOfConsumer(waiting))
        : this.#queue;
    this.#queue = [...others, change];
  }

  applyQueue(): void {
    for (const { dependency } of this.#queue) {
      if (dependency.consumer === undefined) continue;
      const id = keyText(dependency.consumer);
      const stored = this.#consumers.get(id)?.providers ?? [];
      const { providers } = mergeDependency(stored, dependency);
      if (providers.length === 0) this.#consumers.delete(id);
      else this.#consumers.set(id, { key: dependency.consumer, providers });
    }
    this.#queue = [];
  }

  /** @param isKnown - whether a service has this name or alias in the tenant */
  cleanUp(tenant: Tenant, isKnown: (serviceName: string) => boolean): void {
    for (const [id, { key, providers }] of this.#consumers) {
      if (key.tenant !== formatTenant(tenant)) continue;
      const left = providers.filter(
        ({ serviceName }) => serviceName === anyService || isKnown(serviceName),
      );
      if (left.length === 0) this.#consumers.delete(id);
      else this.#consumers.set(id, { key, providers: left });
    }
  }

  /** What is stored, as `describeRecord` writes it. */
  lines(): readonly string[] {
    const lines = this.#queue.map(({ tenant, serviceId, dependency }) =>
      describeQueued(tenant, serviceId, dependency),
    );
    const providers = new Map<string, { key: MicroServiceKey; consumers: MicroServiceKey[] }>();
    for (const consumer of this.#consumers.values()) {
      lines.push(describeRule('c', consumer.key, consumer.providers));
      for (const key of consumer.providers) {
        const provider = providers.get(keyText(key)) ?? { key, consumers: [] };
        provider.consumers.push(consumer.key);
        providers.set(keyText(key), provider);
      }
    }
    for (const { key, consumers } of providers.values()) {
      lines.push(describeRule('p', key, consumers));
    }
    return lines;
  }
}

function keyText({ tenant, serviceName, version }: MicroServiceKey): string {
  return `${tenant} ${serviceName} ${version}`;
}
