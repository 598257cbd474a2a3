import type { Channel } from '../load/channels/channel.ts';
import { SubscriberCrowd } from '../load/subscriber-crowd.ts';
import { requireOpenFiles } from '../machine/open-files.ts';
import { moveToLoadProcessor } from '../machine/processors.ts';
import { ProbedServer } from '../probe/probed-server.ts';
import { registerConsumers, registerProviders, type PushProvider } from './push-parties.ts';

/** How many watch in every scenario of pushes. */
export const subscribers = 10_000;
/** The services that they are instances of. */
const consumers = 1000;

/** A registry in which consumers depend on providers, and 10,000 instances of the consumers may watch. */
export class PushScene {
  readonly server: ProbedServer;
  readonly providers: readonly PushProvider[];
  readonly consumerIds: readonly string[];

  private constructor(
    server: ProbedServer,
    providers: readonly PushProvider[],
    consumerIds: readonly string[],
  ) {
    this.server = server;
    this.providers = providers;
    this.consumerIds = consumerIds;
  }

  /**
   * @param providerCount - the consumers depend on them in turn, each on one
   * @param flags - flags of the server
   */
  static async prepare(providerCount: number, flags: readonly string[] = []): Promise<PushScene> {
    await requireOpenFiles(subscribers);
    await moveToLoadProcessor();
    const server = await ProbedServer.start(['--set', 'quota.cap.service.limit=100000', ...flags]);
    const providers = await registerProviders(server.client, 'provider', providerCount);
    const providerOf = Array.from({ length: Math.ceil(consumers / providerCount) }, () => providers)
      .flat()
      .slice(0, consumers);
    const consumerIds = await registerConsumers(server.client, 'consumer', providerOf);
    return new PushScene(server, providers, consumerIds);
  }

  /**
   * All begin to watch.
   *
   * @param onChange - called with the index of a subscriber; it watches for the consumer with that index, modulo how
   *   many consumers there are
   */
  subscribe(channel: Channel, onChange: (subscriber: number) => void): Promise<SubscriberCrowd> {
    const { consumerIds } = this;
    return SubscriberCrowd.open({
      baseUrl: this.server.baseUrl,
      channel,
      consumerIds: Array.from(
        { length: subscribers },
        (_, index) => consumerIds[index % consumerIds.length] ?? '',
      ),
      onChange,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }
}
