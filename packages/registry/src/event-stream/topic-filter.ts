import type { EventTopic, Tenant } from '@service-center/sdcommon';

import type { ConsumerView } from './consumer-view.ts';
import type { ConsumerViews } from './consumer-views.ts';
import type { LogEntry } from './log-entry.ts';
import { placeOf, topicKey, type ServiceTopic } from './topic-keys.ts';

/** What a stream is about: its topics, taken apart for a quick answer whether a change belongs to it. */
export class TopicFilter {
  readonly tenant: Tenant;
  /** By their keys. */
  readonly topics: ReadonlyMap<string, ServiceTopic>;
  /** Of the consumers among the topics. */
  readonly views: readonly ConsumerView[];
  /** Where in the keys of a service one of the topics can be. */
  readonly #places: readonly number[];

  constructor(tenant: Tenant, topics: readonly EventTopic[], views: ConsumerViews) {
    const byKey = new Map<string, ServiceTopic>();
    const opened = new Set<ConsumerView>();
    for (const topic of topics) {
      if (topic.kind === 'consumer') opened.add(views.open({ tenant, serviceId: topic.serviceId }));
      else byKey.set(topicKey(tenant, topic), topic);
    }
    this.tenant = tenant;
    this.topics = byKey;
    this.views = [...opened];
    this.#places = [...new Set([...byKey.values()].map(placeOf))];
  }

  /** Whether a change belongs to one of the topics. */
  matches(entry: LogEntry): boolean {
    for (const place of this.#places) {
      const key = entry.keys.topics[place];
      if (key !== undefined && this.topics.has(key)) return true;
    }
    for (const view of this.views) if (view.covers(entry)) return true;
    return false;
  }
}
