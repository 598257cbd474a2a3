import type { Aggregator } from '@service-center/aggregator';
import type { Backend, Clock, Logger } from '@service-center/sdcommon';

import type { JobsConfig } from '../registry-config.ts';
import { BackgroundJob, type JobRun } from './background-job.ts';
import { cronSchedule, intervalSchedule, type JobSchedule } from './job-schedule.ts';
import { ServiceRemoval } from './service-removal.ts';

/** What {@link BackgroundJobs} work with. */
export interface BackgroundJobsOptions {
  readonly config: JobsConfig;
  readonly backend: Pick<Backend, 'services' | 'schemas' | 'tryLock'>;
  readonly aggregator: Pick<Aggregator, 'cache' | 'services' | 'instances'>;
  readonly isOwnService: (serviceId: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a server does by itself from time to time (spec 04 §8), as far as the configuration wants it. */
export class BackgroundJobs {
  readonly #options: BackgroundJobsOptions;
  readonly #jobs: readonly BackgroundJob[];

  /** @throws Error for a cron line that makes no sense */
  constructor(options: BackgroundJobsOptions) {
    this.#options = options;
    const { config, backend, aggregator, isOwnService, clock, logger } = options;
    const { retireServices, retireSchemas, clearServices } = config;
    const removal = new ServiceRemoval({
      aggregator,
      repository: backend.services,
      isOwnService,
      clock,
      logger,
    });
    const jobs: BackgroundJob[] = [];
    if (retireServices !== undefined) {
      const { cron, reserve } = retireServices;
      const work = (run: JobRun): Promise<void> => removal.retire(run, reserve);
      jobs.push(this.#job('retire-service-job', cronSchedule(cron), work));
    }
    if (retireSchemas !== undefined) {
      const work = (run: JobRun): Promise<void> => this.#retireSchemas(run);
      jobs.push(this.#job('retire-schema-job', cronSchedule(retireSchemas.cron), work));
    }
    if (clearServices !== undefined) {
      const { intervalMs, ttlMs } = clearServices;
      const work = (run: JobRun): Promise<void> => removal.clear(run, ttlMs);
      jobs.push(this.#job('service-clear', intervalSchedule(intervalMs), work));
    }
    this.#jobs = jobs;
  }

  /** Starts to wait for their times. Harmless when called again. */
  start(): void {
    for (const job of this.#jobs) job.start();
  }

  /** Stops them between two steps of their work. */
  async close(): Promise<void> {
    await Promise.all(this.#jobs.map((job) => job.close()));
  }

  #job(
    lockName: string,
    schedule: JobSchedule,
    work: (run: JobRun) => Promise<void>,
  ): BackgroundJob {
    const { backend, clock, logger } = this.#options;
    return new BackgroundJob({
      lockName,
      schedule,
      work,
      tryLock: (name, options) => backend.tryLock(name, options),
      clock,
      logger,
    });
  }

  /** Texts of schemas stay in the store when the last service that refers to them goes. */
  async #retireSchemas(run: JobRun): Promise<void> {
    const { aggregator, backend, logger } = this.#options;
    let discarded = 0;
    for (const { identity } of aggregator.cache('PROJECT').values()) {
      await run.step();
      discarded += await backend.schemas.discardUnreferenced(identity);
    }
    if (discarded > 0) logger.info({ discarded }, 'removed schemas that no service refers to');
  }
}
