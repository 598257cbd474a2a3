import { setTimeout as sleep } from 'node:timers/promises';

import { PushChecker } from '../../push/checker/push-checker.ts';
import type { RecordingSubscriber } from '../../push/client/recording-subscriber.ts';
import { objectKey, type PushLogEntry } from '../../push/log/push-log.ts';
import type { FaultFigures } from '../fault-figures.ts';
import type { FaultScene, SceneServer } from '../scene/fault-scene.ts';
import { AnswerMonitor } from './answer-monitor.ts';
import { BeatingInstance } from './beating-instance.ts';
import { FaultRecord } from './fault-record.ts';
import { openSubscribers } from './load-subscribers.ts';
import { providerFacts } from './provider-facts.ts';
import { RecordedObject } from './recorded-object.ts';
import { RegistryWriter } from './registry-writer.ts';

/** What a {@link FaultLoad} works with. */
export interface FaultLoadOptions {
  readonly scene: FaultScene;
  /** Tells the services of this load from others'. */
  readonly name: string;
  readonly random: () => number;
  readonly figures: FaultFigures;
}

const writersPerServer = 2;
const beatingPerServer = 6;
/** Longer than any fault lasts. */
const patienceMs = 60_000;
const settleMs = 5000;
const lookMs = 100;

/** Everything that goes on while a fault does: writers, beating instances, finds and subscribers, at each server. */
export class FaultLoad {
  readonly record = new FaultRecord();
  readonly instances: readonly BeatingInstance[];
  readonly monitors: readonly AnswerMonitor[];
  readonly #options: FaultLoadOptions;
  readonly #servers: readonly [SceneServer, ...SceneServer[]];
  readonly #writers: readonly RegistryWriter[];
  readonly #services: readonly RecordedObject[];
  readonly #ending = new AbortController();
  readonly #running: Promise<void>[] = [];
  #subscribers: readonly RecordingSubscriber[] = [];
  #writing: AbortController | undefined;
  #written: Promise<unknown> = Promise.resolve();

  private constructor(options: FaultLoadOptions) {
    const { scene, name, figures, random } = options;
    this.#options = options;
    this.#servers = [scene.server(0), ...scene.servers.slice(1)];
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(patienceMs)]);
    const shared = { record: this.record, store: scene.store, figures, signal };
    const [provider, consumer] = [this.#facts('provider'), this.#facts('consumer')];
    this.#services = [provider, consumer].map((facts) => new RecordedObject({ ...shared, facts }));
    this.instances = this.#servers.flatMap((own, index) =>
      Array.from({ length: beatingPerServer }, (_, number) => {
        const others = this.#servers.filter((server) => server !== own);
        return new BeatingInstance({
          ...shared,
          facts: provider,
          instanceId: `${name}-${index}-${number}`,
          // Some have one server alone, as if they knew no other.
          servers: number % 2 === 0 ? [own, ...others] : [own],
        });
      }),
    );
    this.#writers = this.#servers.flatMap((server, index) =>
      Array.from({ length: writersPerServer }, (_, number) => {
        const writer = `${name}-writer-${index}-${number}`;
        return new RegistryWriter({ ...shared, name: writer, appId: name, server, random });
      }),
    );
    this.monitors = this.#servers.map(
      (server) =>
        new AnswerMonitor({
          server,
          appId: name,
          serviceName: provider.serviceName,
          instances: this.instances,
          figures,
        }),
    );
  }

  /** Registers everything, subscribes, and begins. */
  static async start(options: FaultLoadOptions): Promise<FaultLoad> {
    const load = new FaultLoad(options);
    await load.#prepare();
    const { signal } = load.#ending;
    for (const instance of load.instances) load.#own(instance.run(signal));
    for (const monitor of load.monitors) load.#own(monitor.run(signal));
    load.write();
    return load;
  }

  /** The monitor of a server. */
  monitorOf(server: SceneServer): AnswerMonitor {
    const monitor = this.monitors[this.#servers.indexOf(server)];
    if (monitor === undefined) throw new Error(`nobody asks ${server.name}`);
    return monitor;
  }

  /** Lets writers write; those of some servers only, when they are given. */
  write(servers: readonly SceneServer[] = this.#servers): void {
    if (this.#writing !== undefined) throw new Error('the writers write already');
    const writing = new AbortController();
    this.#writing = writing;
    const writers = this.#writers.filter(({ server }) => servers.includes(server));
    this.#written = Promise.all(
      writers.map(async (writer) => this.#blameFailure(writer.run(writing.signal))),
    );
  }

  /** Lets writers pause; resolves when everything that they began is settled. */
  async pauseWriters(): Promise<void> {
    this.#writing?.abort();
    this.#writing = undefined;
    await this.#written;
  }

  /** Compares everything that was acknowledged with the store. Writers have to pause. */
  async checkStored(): Promise<void> {
    const objects = await this.#options.scene.store.objects(this.#ending.signal);
    const stored = new Map(objects.map((object) => [objectKey(object), object.state]));
    for (const object of [...this.#services, ...this.instances, ...this.#writers])
      object.checkStored(stored);
  }

  /**
   * Waits until subscribers have been told everything, or the time for it is over, and judges what they were told.
   * Writers have to pause.
   *
   * @param views - the log as the subscribers of the servers named see it. Default: of all, as it is
   */
  async judge(
    views: readonly LogView[] = [{ servers: this.#servers, read: asItIs }],
  ): Promise<void> {
    const { figures } = this.#options;
    const untilMs = performance.now() + settleMs;
    for (;;) {
      const end: PushLogEntry = { type: 'end', objects: await this.#listed() };
      const entries = [...this.record.entries(), end];
      const violations = views.flatMap(({ servers, read }) =>
        new PushChecker(entriesOf(read(entries), servers)).check(),
      );
      if (violations.length === 0 || performance.now() > untilMs) {
        for (const { kind, subscriber = 'the registry', detail } of violations)
          figures.blame(`${kind}: ${subscriber} ${detail}`);
        figures.pushed += entries.filter(({ type }) => type === 'received').length;
        return;
      }
      await sleep(lookMs);
    }
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.pauseWriters();
    await Promise.all(this.#running);
    for (const subscriber of this.#subscribers) {
      await subscriber.leave();
      await subscriber.settled();
    }
  }

  async #prepare(): Promise<void> {
    const { recorder } = this.record;
    const [provider, consumer] = [this.#facts('provider'), this.#facts('consumer')];
    for (const facts of [provider, consumer]) recorder.record({ type: 'service', ...facts });
    for (const service of this.#services) await service.register(this.#servers[0]);
    this.#subscribers = await openSubscribers({
      servers: this.#servers,
      recorder,
      provider,
      consumer,
    });
    await Promise.all(this.instances.map((instance) => instance.register()));
  }

  #facts(role: 'provider' | 'consumer'): ReturnType<typeof providerFacts> {
    const { name } = this.#options;
    return providerFacts(name, `${name}-${role}`);
  }

  /** What the store lists of this load. */
  async #listed(): Promise<Extract<PushLogEntry, { readonly type: 'end' }>['objects']> {
    const objects = await this.#options.scene.store.objects(this.#ending.signal);
    return objects.filter(({ serviceId }) => serviceId.startsWith(`${this.#options.name}-`));
  }

  #own(running: Promise<void>): void {
    this.#running.push(this.#blameFailure(running));
  }

  async #blameFailure(running: Promise<void>): Promise<void> {
    try {
      await running;
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#options.figures.blame(String(error));
    }
  }
}

/** How the subscribers of some servers see a log. */
export interface LogView {
  readonly servers: readonly SceneServer[];
  readonly read: (entries: readonly PushLogEntry[]) => readonly PushLogEntry[];
}

function asItIs(entries: readonly PushLogEntry[]): readonly PushLogEntry[] {
  return entries;
}

/** Without what the subscribers of other servers did. */
function entriesOf(
  entries: readonly PushLogEntry[],
  servers: readonly SceneServer[],
): readonly PushLogEntry[] {
  const foreign = new Set<number>();
  return entries.filter((entry) => {
    if (entry.type === 'connect') {
      const isOwn = servers.some(({ name }) => entry.subscriber.startsWith(`${name} `));
      if (!isOwn) foreign.add(entry.connection);
    }
    return !('connection' in entry && foreign.has(entry.connection));
  });
}
