import type { SceneServer } from '../scene/fault-scene.ts';
import type { FaultFigures } from '../fault-figures.ts';
import { pause } from './pause.ts';
import { RecordedObject, type RecordedObjectOptions } from './recorded-object.ts';
import { outcomeOf } from './registry-answer.ts';

/** The shortest lease that etcd's elections (1 to 2 s) leave room for. */
const beatingHealthCheck = { interval: 1, times: 3 } as const;

/** How long an instance lives without a heartbeat, milliseconds (spec 02 §1.4). */
export const leaseMs = beatingHealthCheck.interval * (beatingHealthCheck.times + 1) * 1000;

const beatMs = 400;

/** What a {@link BeatingInstance} works with. */
export interface BeatingInstanceOptions extends Omit<RecordedObjectOptions, 'instance'> {
  readonly instanceId: string;
  /** Where its heartbeats go; where the first is silent, to the next one. */
  readonly servers: readonly [SceneServer, ...SceneServer[]];
}

/** An instance that sends heartbeats, and registers again when the registry does not know it any more. */
export class BeatingInstance {
  readonly instanceId: string;
  readonly #object: RecordedObject;
  readonly #options: BeatingInstanceOptions;
  readonly #figures: FaultFigures;
  #server = 0;
  /** How long the record was at the last sign of life. */
  #knownAt = 0;
  #liveSinceMs: number | undefined;
  #acceptedMs: number | undefined;
  #servedMs = 0;
  /** Answers without this instance, that count if the next heartbeat is accepted. */
  #misses: string[] = [];

  constructor(options: BeatingInstanceOptions) {
    const { instanceId } = options;
    this.instanceId = instanceId;
    this.#options = options;
    this.#figures = options.figures;
    this.#object = new RecordedObject({
      ...options,
      instance: { instanceId, healthCheck: beatingHealthCheck },
    });
  }

  /** The server that it talks to. */
  get server(): SceneServer {
    const { servers } = this.#options;
    return servers[this.#server % servers.length] ?? servers[0];
  }

  /** When its last heartbeat or registration was accepted, monotonic milliseconds; undefined when the last one was not. */
  get acceptedMs(): number | undefined {
    return this.#acceptedMs;
  }

  /**
   * When a heartbeat or registration of it was last accepted, or it was told that it has expired; monotonic milliseconds.
   */
  get servedMs(): number {
    return this.#servedMs;
  }

  /** Since when all its heartbeats were accepted, monotonic milliseconds; undefined when the last one was not. */
  get liveSinceMs(): number | undefined {
    return this.#liveSinceMs;
  }

  /** It was missing in an answer that should have had it. */
  missedIn(answer: string): void {
    this.#misses.push(`${this.instanceId} ${answer}`);
  }

  /** Compares what was acknowledged with what the store holds. */
  checkStored(stored: ReadonlyMap<string, string>): void {
    this.#object.checkStored(stored);
  }

  /** Registers it for the first time. @throws Error when that is not accepted */
  async register(): Promise<void> {
    await this.#register();
    if (!this.#object.isPresent) throw new Error(`${this.instanceId} was not registered`);
  }

  /** Beats until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (await pause(beatMs, signal)) {
      if (this.#object.isPresent) await this.#beat();
      else await this.#register();
    }
  }

  async #register(): Promise<void> {
    const { record } = this.#options;
    const outcome = await this.#object.register(this.server);
    this.#knownAt = record.length;
    if (outcome === 'accepted') this.#accept();
    else this.#miss(outcome === 'unanswered');
  }

  async #beat(): Promise<void> {
    const { record } = this.#options;
    const path = `${this.#object.path}/heartbeat`;
    const sentAt = record.length;
    const outcome = await outcomeOf(this.server.client, { method: 'PUT', path });
    switch (outcome) {
      case 'accepted':
        this.#figures.heartbeats++;
        this.#figures.dropped.push(...this.#misses);
        this.#knownAt = sentAt;
        this.#accept();
        break;
      case 'notThere':
        this.#figures.expired++;
        this.#servedMs = performance.now();
        this.#object.expired(this.#knownAt);
        this.#miss(false);
        break;
      case 'refused':
      case 'unanswered':
        this.#miss(outcome === 'unanswered');
        break;
    }
  }

  #accept(): void {
    this.#misses = [];
    this.#acceptedMs = performance.now();
    this.#servedMs = this.#acceptedMs;
    this.#liveSinceMs ??= this.#acceptedMs;
  }

  #miss(isSilent: boolean): void {
    this.#misses = [];
    this.#acceptedMs = undefined;
    this.#liveSinceMs = undefined;
    if (isSilent) this.#server++;
  }
}
