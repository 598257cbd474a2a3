import type { Aggregator } from '@service-center/aggregator';
import type { ApiServer } from '@service-center/api-server';
import type { Registry } from '@service-center/registry';
import type { Backend, Clock } from '@service-center/sdcommon';

import type { ControlServer } from '../control/control-server.ts';
import type { AccessLog } from '../logging/access-log.ts';

/** How long requests under way may take after a stop was asked for (spec 05 §7.2). */
const drainMs = 3000;
/** How long the jobs may take after that to come to an end with what they asked of the store. */
const quietMs = 500;

/** The parts of a server as far as they are started. */
export class StartedParts {
  readonly #clock: Clock;
  accessLog: AccessLog | undefined;
  backend: Backend | undefined;
  aggregator: Aggregator | undefined;
  registry: Registry | undefined;
  apiServer: ApiServer | undefined;
  controlServer: ControlServer | undefined;
  #stopping: Promise<void> | undefined;

  /** @param clock - limits how long a stop waits */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Stops them in order, and waits for nothing that does not end. Harmless when called again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // Closing takes effect at once; waiting for it means waiting for requests, which the own registration need not.
    const drained = this.apiServer?.close({ graceMs: drainMs });
    await this.registry?.self.stop();
    await drained;
    await this.controlServer?.close();
    const quiet = this.#quiet();
    const patience = Promise.withResolvers<void>();
    const cancelTimer = this.#clock.schedule(quietMs, patience.resolve);
    await Promise.race([quiet, patience.promise]);
    cancelTimer();
    // What a silent store has not answered ends with the connection to it.
    await this.backend?.close();
    await quiet;
    this.accessLog?.close();
  }

  /** Lets go of what works with the store. */
  async #quiet(): Promise<void> {
    await this.registry?.close();
    await this.aggregator?.close();
  }
}
