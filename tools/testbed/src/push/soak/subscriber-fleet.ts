import { PausingRelay } from '../client/pausing-relay.ts';
import { createSubscriber, type CreateSubscriberOptions } from '../client/create-subscriber.ts';
import type { RecordingSubscriber } from '../client/recording-subscriber.ts';
import type { PlannedMove, PlannedSubscriber } from './push-plan.ts';

/** What a {@link SubscriberFleet} works with. */
export interface SubscriberFleetOptions extends Omit<CreateSubscriberOptions, 'name' | 'view'> {
  readonly subscribers: readonly PlannedSubscriber[];
}

interface Member {
  readonly subscriber: RecordingSubscriber;
  readonly relay: PausingRelay;
}

/** All subscribers of a run, each behind a relay of its own. */
export class SubscriberFleet {
  readonly #members: ReadonlyMap<string, Member>;

  private constructor(members: ReadonlyMap<string, Member>) {
    this.#members = members;
  }

  /** Connects all. */
  static async open(options: SubscriberFleetOptions): Promise<SubscriberFleet> {
    const members = new Map<string, Member>();
    for (const planned of options.subscribers) {
      const relay = await PausingRelay.open(new URL(options.baseUrl));
      members.set(planned.name, {
        subscriber: createSubscriber({ ...options, ...planned, baseUrl: relay.baseUrl }),
        relay,
      });
    }
    const fleet = new SubscriberFleet(members);
    await fleet.connectAll();
    return fleet;
  }

  /** The names of those that are connected. */
  get connected(): readonly string[] {
    return [...this.#members.values()]
      .filter(({ subscriber }) => subscriber.isConnected)
      .map(({ subscriber }) => subscriber.name);
  }

  /** Lets something happen to a subscriber; lagging is for whoever writes meanwhile to begin and end. */
  async move({ subscriber: name, kind }: PlannedMove): Promise<void> {
    const { subscriber, relay } = this.#member(name);
    switch (kind) {
      case 'cut':
        relay.cut();
        break;
      case 'leave':
        await subscriber.leave();
        break;
      case 'connect':
        if (!subscriber.isConnected) await subscriber.connect();
        break;
      case 'lag':
        break;
    }
  }

  /** A subscriber stops reading. */
  pause(name: string): void {
    this.#member(name).relay.pause();
  }

  /** It goes on reading. */
  resume(name: string): void {
    this.#member(name).relay.resume();
  }

  /** Connects whoever is away. */
  async connectAll(): Promise<void> {
    await Promise.all(
      [...this.#members.values()].map(async ({ subscriber }) => {
        if (!subscriber.isConnected) await subscriber.connect();
      }),
    );
  }

  /** Whatever subscribers asked for was answered. */
  async settled(): Promise<void> {
    await Promise.all([...this.#members.values()].map(({ subscriber }) => subscriber.settled()));
  }

  /** Tears everything down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#members.values()].map(async ({ subscriber, relay }) => {
        await subscriber.leave();
        await subscriber.settled();
        await relay[Symbol.asyncDispose]();
      }),
    );
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`no subscriber ${name}`);
    return member;
  }
}
