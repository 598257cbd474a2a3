import type { EventTopic } from '@service-center/sdcommon';

import { seededRandom } from '../../crash/seeded-random.ts';
import type { ServiceFacts, SubscriberView } from '../log/push-log.ts';

/** The ways by which changes are pushed. */
export const pushChannels = ['websocket', 'socket.io', 'sse'] as const;

/** One of {@link pushChannels}. */
export type PushChannel = (typeof pushChannels)[number];

/**
 * Reads a choice of channels: one of them, several with commas between, or `all`.
 *
 * @throws Error when it names none, or something else
 */
export function parsePushChannels(text: string): readonly [PushChannel, ...PushChannel[]] {
  if (text === 'all') return pushChannels;
  const [first, ...rest] = text.split(',').map((name) => {
    const channel = pushChannels.find((known) => known === name);
    if (channel === undefined)
      throw new Error(`a channel has to be all or among ${pushChannels.join(', ')}, not '${name}'`);
    return channel;
  });
  if (first === undefined) throw new Error('no channel is named');
  return [first, ...rest];
}

/** What is done to one object. What exactly follows from whether it is there. */
export interface PlannedWrite {
  readonly serviceId: string;
  /** Absent: the service itself. */
  readonly instanceId?: string;
  /** `change` registers what is not there. */
  readonly kind: 'change' | 'status' | 'delete';
}

/** What happens to a subscriber. */
export interface PlannedMove {
  readonly subscriber: string;
  /**
   * - `cut`: the connection breaks without a word.
   * - `leave`: the subscriber goes politely.
   * - `connect`: it comes back, where it is away.
   * - `lag`: it reads nothing while much is written, then goes on.
   */
  readonly kind: 'cut' | 'leave' | 'connect' | 'lag';
}

/** Things that are done at once; the next step begins when all are done. */
export interface PlannedStep {
  readonly writes: readonly PlannedWrite[];
  readonly moves: readonly PlannedMove[];
  /** A consumer begins to depend on a provider. */
  readonly depend?: { readonly consumerId: string; readonly provider: ServiceFacts };
  /** The service that consumers may use no more, or again. */
  readonly toggleBlock?: string;
}

/** A subscriber and what it sees. */
export interface PlannedSubscriber {
  readonly name: string;
  readonly view: SubscriberView;
}

/** What one seed does. */
export interface PushPlan {
  readonly services: readonly ServiceFacts[];
  /** Dependencies from the beginning. */
  readonly dependencies: readonly {
    readonly consumerId: string;
    readonly provider: ServiceFacts;
  }[];
  readonly subscribers: readonly PlannedSubscriber[];
  readonly steps: readonly PlannedStep[];
  /** Instances that stop their heartbeats at the beginning, and so expire in the middle. */
  readonly expiring: readonly { readonly serviceId: string; readonly instanceId: string }[];
}

/** What to plan. */
export interface PushPlanOptions {
  readonly seed: number;
  readonly channels: readonly PushChannel[];
  readonly steps: number;
}

const appId = 'shop';
const cart = service('cart', { serviceName: 'cart' });
const nextCart = service('cart-2', { serviceName: 'cart', version: '2.0.0' });
const stock = service('stock', { serviceName: 'stock' });
const late = service('late', { serviceName: 'late' });
const brief = service('brief', { serviceName: 'brief' });
const remote = service('remote', { serviceName: 'remote', appId: 'other' });
const live = service('live', { serviceName: 'live', environment: 'production' });
const elsewhere = service('elsewhere', { serviceName: 'cart', project: 'other' });
const consumers = [
  service('front', { serviceName: 'front' }),
  service('back', { serviceName: 'back' }),
] as const;

/** How many steps there are for each in which subscribers lag: it takes megabytes for each of them. */
const lagEvery = 50;
/** The part of the subscribers that lag then. */
const lagShare = 0.4;

/** Services that come, and those of them that also go. */
const providers = [cart, nextCart, stock, late, brief, remote, live, elsewhere];

/** What a seed does: the same plan for the same seed, though not the same timing. */
export function planPushes({ seed, channels, steps }: PushPlanOptions): PushPlan {
  const random = seededRandom(seed);
  const pick = <T>(choices: readonly [T, ...T[]]): T =>
    choices[Math.floor(random() * choices.length)] ?? choices[0];
  const subscribers = channels.flatMap((channel) => subscribersOf(channel));
  const [first = { name: '', view: { channel: 'watcher', consumerId: '' } }, ...rest] = subscribers;
  const names = [first, ...rest];
  // A service is only deleted while it is there for good reason: only one of them goes, once, with all its instances.
  const goesAt = Math.floor(steps * (0.3 + random() * 0.5));
  const plannedSteps = Array.from({ length: steps }, (_, index): PlannedStep => {
    const writes = new Map<string, PlannedWrite>();
    const count = 1 + Math.floor(random() * 6);
    for (let number = 0; number < count; number++) {
      const write = planWrite(random, pick);
      if (write.serviceId === brief.serviceId && index >= goesAt) continue;
      writes.set(`${write.serviceId}/${write.instanceId ?? ''}`, write);
    }
    if (index === goesAt) writes.set('brief/', { serviceId: brief.serviceId, kind: 'delete' });
    const moves = new Map<string, PlannedMove>();
    for (let number = Math.floor(random() * 3); number > 0; number--) {
      const { name } = names[Math.floor(random() * names.length)] ?? first;
      const chance = random();
      const kind = chance < 0.3 ? 'cut' : chance < 0.4 ? 'leave' : 'connect';
      moves.set(name, { subscriber: name, kind });
    }
    if (index % lagEvery === Math.floor(lagEvery / 2)) {
      for (const { name } of subscribers)
        moves.set(name, { subscriber: name, kind: random() < lagShare ? 'lag' : 'connect' });
    }
    return {
      writes: [...writes.values()],
      moves: [...moves.values()],
      ...(random() < 0.03 && {
        depend: { consumerId: pick(consumers).serviceId, provider: pick([late, stock, cart]) },
      }),
      ...(random() < 0.03 && { toggleBlock: stock.serviceId }),
    };
  });
  return {
    services: [...consumers, ...providers],
    dependencies: [
      { consumerId: 'front', provider: cart },
      { consumerId: 'front', provider: brief },
      { consumerId: 'back', provider: cart },
      { consumerId: 'back', provider: stock },
    ],
    subscribers,
    steps: plannedSteps,
    expiring: [
      { serviceId: cart.serviceId, instanceId: 'expiring-1' },
      { serviceId: stock.serviceId, instanceId: 'expiring-2' },
    ],
  };
}

function planWrite(
  random: () => number,
  pick: <T>(choices: readonly [T, ...T[]]) => T,
): PlannedWrite {
  const { serviceId } = pick([cart, cart, stock, nextCart, late, brief, remote, live, elsewhere]);
  if (random() < 0.12) return { serviceId, kind: 'change' };
  return {
    serviceId,
    instanceId: pick(['one', 'two', 'three']),
    kind: pick(['change', 'change', 'change', 'status', 'delete']),
  };
}

function subscribersOf(channel: PushChannel): readonly PlannedSubscriber[] {
  if (channel === 'websocket') {
    return consumers.flatMap(({ serviceId: consumerId }) =>
      (['watcher', 'watcher', 'listwatcher'] as const).map((endpoint, index) => ({
        name: `${endpoint} ${index} of ${consumerId}`,
        view: { channel: endpoint, consumerId },
      })),
    );
  }
  const topics: readonly (readonly [EventTopic, ...EventTopic[]])[] = [
    [{ kind: 'project' }],
    [{ kind: 'domain' }],
    [{ kind: 'app', appId }],
    [{ kind: 'app', appId, environment: 'production' }],
    [{ kind: 'provider', appId, serviceName: 'cart' }],
    [{ kind: 'service', serviceId: 'cart' }],
    [
      { kind: 'service', serviceId: 'cart' },
      { kind: 'service', serviceId: 'stock' },
    ],
    [{ kind: 'consumer', serviceId: 'front' }],
    [{ kind: 'consumer', serviceId: 'back' }],
  ];
  const mixed: readonly (readonly [EventTopic, ...EventTopic[]])[] = [
    [
      { kind: 'provider', appId, serviceName: 'cart', environment: '' },
      { kind: 'consumer', serviceId: 'front' },
    ],
  ];
  const asked = channel === 'socket.io' ? [...topics, ...mixed] : topics;
  return asked.map((of) => ({
    name: `${channel} ${JSON.stringify(of)}`,
    view: { channel, project: 'default', topics: of },
  }));
}

function service(
  serviceId: string,
  facts: Partial<ServiceFacts> & Pick<ServiceFacts, 'serviceName'>,
): ServiceFacts {
  return { serviceId, project: 'default', appId, version: '1.0.0', environment: '', ...facts };
}
