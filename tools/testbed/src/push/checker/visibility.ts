import type { EventTopic } from '@service-center/sdcommon';

import type { ServiceFacts, SubscriberView } from '../log/push-log.ts';
import type { Dependency, RegistryHistory } from './registry-history.ts';

/** A span of ticks, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Knows which services a subscriber sees. While an act that changes this is under way both answers are right, so there
 * are two questions: whether a service may be seen, and whether it has to be.
 */
export class Visibility {
  readonly #history: RegistryHistory;
  readonly #view: SubscriberView;

  constructor(history: RegistryHistory, view: SubscriberView) {
    this.#history = history;
    this.#view = view;
  }

  /** The project whose services the subscriber sees first of all. */
  get project(): string {
    const view = this.#view;
    if ('project' in view) return view.project;
    return this.#history.service(view.consumerId)?.project ?? '';
  }

  /** Whether the view follows dependencies and access rules, and so may change. */
  get isOfConsumer(): boolean {
    return 'consumerId' in this.#view || this.#view.topics.some(({ kind }) => kind === 'consumer');
  }

  /** Whether the subscriber could see a service at some moment of a span. */
  may(serviceId: string, span: Span): boolean {
    return this.#sees(serviceId, (consumerId, facts) => this.#mayUse(consumerId, facts, span));
  }

  /** Whether the subscriber saw a service throughout a span. */
  must(serviceId: string, span: Span): boolean {
    return this.#sees(serviceId, (consumerId, facts) => this.#mustUse(consumerId, facts, span));
  }

  #sees(serviceId: string, uses: (consumerId: string, facts: ServiceFacts) => boolean): boolean {
    const facts = this.#history.service(serviceId);
    if (facts === undefined) return false;
    const view = this.#view;
    if ('consumerId' in view) return uses(view.consumerId, facts);
    return view.topics.some((topic) =>
      topic.kind === 'consumer'
        ? uses(topic.serviceId, facts)
        : isOfTopic(topic, facts, view.project),
    );
  }

  #mayUse(consumerId: string, facts: ServiceFacts, span: Span): boolean {
    const isAsked = this.#dependencies(consumerId, facts).some(({ act }) => act.started <= span.to);
    return isAsked && this.#possibleBlocks(facts.serviceId, span).has(false);
  }

  #mustUse(consumerId: string, facts: ServiceFacts, span: Span): boolean {
    const isKnown = this.#dependencies(consumerId, facts).some(
      ({ act }) => act.acknowledged <= span.from,
    );
    return isKnown && !this.#possibleBlocks(facts.serviceId, span).has(true);
  }

  #dependencies(consumerId: string, facts: ServiceFacts): readonly Dependency[] {
    const consumer = this.#history.service(consumerId);
    if (consumer?.project !== facts.project || consumer.environment !== facts.environment)
      return [];
    return this.#history.dependencies.filter(
      (dependency) =>
        dependency.consumerId === consumerId &&
        dependency.appId === facts.appId &&
        dependency.serviceName === facts.serviceName,
    );
  }

  #possibleBlocks(serviceId: string, { from, to }: Span): ReadonlySet<boolean> {
    let settled = false;
    const possible = new Set<boolean>();
    for (const { isBlocked, act } of this.#history.blocks(serviceId)) {
      if (act.acknowledged <= from) settled = isBlocked;
      else if (act.started <= to) possible.add(isBlocked);
    }
    return possible.add(settled);
  }
}

function isOfTopic(
  topic: Exclude<EventTopic, { readonly kind: 'consumer' }>,
  facts: ServiceFacts,
  project: string,
): boolean {
  if (topic.kind === 'domain') return true;
  if (facts.project !== project) return false;
  switch (topic.kind) {
    case 'project':
      return true;
    case 'service':
      return topic.serviceId === facts.serviceId;
    case 'app':
      return topic.appId === facts.appId && isIn(topic.environment, facts);
    case 'provider':
      return (
        topic.appId === facts.appId &&
        topic.serviceName === facts.serviceName &&
        isIn(topic.environment, facts)
      );
  }
}

function isIn(environment: string | undefined, facts: ServiceFacts): boolean {
  return environment === undefined || environment === facts.environment;
}
