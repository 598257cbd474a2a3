import type { SceneServer } from '../scene/fault-scene.ts';
import type { FaultFigures } from '../fault-figures.ts';
import { leaseMs, type BeatingInstance } from './beating-instance.ts';
import { pause } from './pause.ts';

/** The server that is asked. */
type AskedServer = Pick<SceneServer, 'name' | 'client'>;

/** What a monitor has to know of an instance. */
export interface WatchedInstance extends Pick<
  BeatingInstance,
  'instanceId' | 'acceptedMs' | 'liveSinceMs' | 'missedIn'
> {
  readonly server: AskedServer;
}

/** What an {@link AnswerMonitor} works with. */
export interface AnswerMonitorOptions {
  readonly server: AskedServer;
  readonly appId: string;
  /** Whose instances are looked for. */
  readonly serviceName: string;
  readonly instances: readonly WatchedInstance[];
  readonly figures: FaultFigures;
}

const findMs = 50;

/** Asks one server again and again for a provider, and looks for live instances that are missing. */
export class AnswerMonitor {
  readonly #options: AnswerMonitorOptions;
  #listed: ReadonlySet<string> = new Set();
  #revision = '';
  /** That finds are not answered while the server is halted is no wonder. */
  mayBeSilent = false;

  constructor(options: AnswerMonitorOptions) {
    this.#options = options;
  }

  /** Asks until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (await pause(findMs, signal)) await this.#look();
  }

  async #look(): Promise<void> {
    const { server, appId, serviceName, instances, figures } = this.#options;
    const startedMs = performance.now();
    const expected = instances.filter((instance) => this.#isExpected(instance, startedMs));
    const wasSilent = this.mayBeSilent;
    try {
      const answer = await server.client.find(appId, serviceName, this.#revision);
      this.#revision = answer.revision;
      if (!answer.isNotModified) this.#listed = new Set(answer.instances.keys());
    } catch (error) {
      // Reads are answered from memory, whatever becomes of the store.
      if (!wasSilent && !this.mayBeSilent)
        figures.blame(`${server.name} did not answer a find: ${String(error)}`);
      return;
    }
    figures.finds++;
    const endedMs = performance.now();
    for (const instance of expected) {
      if (this.#listed.has(instance.instanceId)) continue;
      const { acceptedMs } = instance;
      if (acceptedMs === undefined || endedMs - acceptedMs > leaseMs) continue;
      const tookMs = Math.round(endedMs - startedMs);
      instance.missedIn(`is missing in an answer of ${server.name} that took ${tookMs} ms`);
    }
  }

  /** Whether an instance has been live for long enough that this server has to list it. */
  #isExpected(instance: WatchedInstance, nowMs: number): boolean {
    if (instance.liveSinceMs === undefined || instance.liveSinceMs > nowMs) return false;
    // What came to the store through another server may be unknown here for a while, but must not vanish again.
    return instance.server === this.#options.server || this.#listed.has(instance.instanceId);
  }
}
