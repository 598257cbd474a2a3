import type { Clock, Lock, LockOptions, Logger } from '@service-center/sdcommon';

import type { JobSchedule } from './job-schedule.ts';

/** Tells a job at work whether to go on. */
export interface JobRun {
  /** Aborted when the server is stopped. */
  readonly signal: AbortSignal;
  /**
   * To be called between the steps of the work: keeps the lock.
   *
   * @throws ServiceCenterError when the lock is lost: another server has taken over; the signal's reason
   */
  readonly step: () => Promise<void>;
}

/** What a {@link BackgroundJob} works with. */
export interface BackgroundJobOptions {
  /** The name of its lock: one server at a time does the work. */
  readonly lockName: string;
  readonly schedule: JobSchedule;
  readonly work: (run: JobRun) => Promise<void>;
  readonly tryLock: (name: string, options: LockOptions) => Promise<Lock | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const lockTtlSeconds = 60;
const lockRenewMs = (lockTtlSeconds * 1000) / 3;

/** The wall clock may be set while a job waits for its time, so it looks at it at least this often. */
const longestSleepMs = 60 * 60 * 1000;

/**
 * Work that every server wants done from time to time, and one at a time does (spec 04 §8). A run that fails is logged;
 * the next one does what it left.
 */
export class BackgroundJob {
  readonly #options: BackgroundJobOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: BackgroundJobOptions) {
    this.#options = options;
  }

  /** Starts to wait for the first time the job is due. Harmless when called again. */
  start(): void {
    this.#running ??= this.#loop();
  }

  /** Stops between two steps of the work. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the job is closed'));
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { clock, logger, lockName } = this.#options;
    const { signal } = this.#stop;
    while (await this.#waitUntilDue()) {
      try {
        await this.#run();
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ err: error, job: lockName, at: clock.wallMs() }, 'a background job failed');
      }
    }
  }

  /** @returns false when the job is closed, or never due again */
  async #waitUntilDue(): Promise<boolean> {
    const { clock, schedule } = this.#options;
    const dueMs = schedule.next(clock.wallMs());
    if (dueMs === undefined) return false;
    for (;;) {
      if (this.#stop.signal.aborted) return false;
      const leftMs = dueMs - clock.wallMs();
      if (leftMs <= 0) return true;
      await this.#sleep(Math.min(leftMs, longestSleepMs));
    }
  }

  /** Unlike the clock's own sleep it does not keep a process alive that has nothing else to do. */
  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#stop;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        cancel();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = this.#options.clock.schedule(ms, finish);
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  async #run(): Promise<void> {
    const { tryLock, lockName, work, clock } = this.#options;
    const { signal } = this.#stop;
    const lock = await tryLock(lockName, { ttlSeconds: lockTtlSeconds, signal });
    if (lock === undefined) return;
    let renewedMs = clock.monotonicMs();
    const step = async (): Promise<void> => {
      signal.throwIfAborted();
      if (clock.monotonicMs() - renewedMs < lockRenewMs) return;
      await lock.renew();
      renewedMs = clock.monotonicMs();
    };
    try {
      await work({ signal, step });
    } finally {
      await lock.release();
    }
  }
}
