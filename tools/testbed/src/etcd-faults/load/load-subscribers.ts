import { setTimeout as sleep } from 'node:timers/promises';

import { FieldReader, readMicroService } from '@service-center/sdcommon';

import { createSubscriber } from '../../push/client/create-subscriber.ts';
import { findInstances } from '../../push/client/find-instances.ts';
import type { RecordingSubscriber } from '../../push/client/recording-subscriber.ts';
import type { ProviderName, ProviderSource } from '../../push/client/watching-consumer.ts';
import type { ServiceFacts, SubscriberView } from '../../push/log/push-log.ts';
import type { PushRecorder } from '../../push/log/push-recorder.ts';
import type { SceneServer } from '../scene/fault-scene.ts';

/** What {@link openSubscribers} works with. */
export interface LoadSubscribersOptions {
  readonly servers: readonly [SceneServer, ...SceneServer[]];
  readonly recorder: PushRecorder;
  readonly consumer: ServiceFacts;
  readonly provider: ServiceFacts;
}

const lookMs = 50;

/**
 * Makes a consumer depend on a provider, and lets that consumer and an event stream of the whole app subscribe at each
 * server. The name of a subscriber begins with that of its server.
 */
export async function openSubscribers(
  options: LoadSubscribersOptions,
): Promise<readonly RecordingSubscriber[]> {
  const { servers, recorder, consumer, provider } = options;
  await depend(options);
  const views: readonly SubscriberView[] = [
    {
      channel: 'sse',
      project: consumer.project,
      topics: [{ kind: 'app', appId: consumer.appId }],
    },
    { channel: 'watcher', consumerId: consumer.serviceId },
  ];
  const subscribers = servers.flatMap((server) => {
    const { baseUrl } = server.process;
    const registry = providerSource(server, provider);
    return views.map((view) => {
      const name = `${server.name} ${view.channel}`;
      return createSubscriber({ name, view, baseUrl, recorder, registry });
    });
  });
  await Promise.all(subscribers.map((subscriber) => subscriber.connect()));
  return subscribers;
}

function providerSource(server: SceneServer, provider: ProviderName): ProviderSource {
  return {
    providersOf: () => [provider],
    find: (consumerId, name) => findInstances(server.client, consumerId, name),
  };
}

async function depend(options: LoadSubscribersOptions): Promise<void> {
  const { servers, recorder, consumer, provider } = options;
  const { serviceId: consumerId } = consumer;
  const { appId, serviceName } = provider;
  await recorder.act({ type: 'depend', consumerId, appId, serviceName }, async () => {
    await findInstances(servers[0].client, consumerId, provider);
    // The find is answered before the rule is stored, and every server has to have heard of it.
    for (const server of servers) {
      while (!(await knowsProvider(server, consumerId, provider))) await sleep(lookMs);
    }
  });
}

async function knowsProvider(
  { client }: SceneServer,
  consumerId: string,
  provider: ServiceFacts,
): Promise<boolean> {
  const path = `/v4/default/registry/microservices/${consumerId}/providers`;
  const answer = await client.send('GET', path);
  if (answer.status !== 200) return false;
  const providers = FieldReader.parse(answer.body).structList('providers', readMicroService);
  return providers.some(({ serviceId }) => serviceId === provider.serviceId);
}
