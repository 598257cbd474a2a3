import type { ServiceFacts, SubscriberView } from '../log/push-log.ts';
import type { PushChannel } from '../soak/push-plan.ts';
import type { RecordedRegistry } from '../soak/recorded-registry.ts';

const front = shopService('front');
const cart = shopService('cart');

/** The services of the scenarios: a consumer and its provider. */
export const shopServices: readonly ServiceFacts[] = [front, cart];

/** A subscriber's view of the provider, by each channel. */
export const shopViews: Readonly<Record<PushChannel, SubscriberView>> = {
  websocket: { channel: 'listwatcher', consumerId: front.serviceId },
  'socket.io': streamView('socket.io'),
  sse: streamView('sse'),
};

/** Registers the services, and lets the consumer depend on the provider. */
export async function openShop(registry: RecordedRegistry): Promise<void> {
  for (const { serviceId } of shopServices) await registry.change(serviceId);
  await registry.depend(front.serviceId, cart);
  await registry.change(cart.serviceId, 'one');
}

function streamView(channel: 'socket.io' | 'sse'): SubscriberView {
  const { appId, serviceName } = cart;
  return { channel, project: 'default', topics: [{ kind: 'provider', appId, serviceName }] };
}

function shopService(serviceName: string): ServiceFacts {
  return {
    serviceId: serviceName,
    project: 'default',
    appId: 'shop',
    serviceName,
    version: '1.0.0',
    environment: '',
  };
}
