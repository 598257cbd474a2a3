import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const workerModule = join(import.meta.dirname, 'paced-finds-worker.ts');

/** A find that was asked and answered, on the clock of `monotonicMs`. */
export interface TimedFind {
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** How to ask. */
export interface PacedFindsOptions {
  readonly baseUrl: string;
  readonly consumerId: string;
  readonly serviceName: string;
  readonly intervalMs: number;
}

/** Finds at a steady pace from a thread of its own, which other load of this process does not delay. */
export class PacedFinds {
  readonly #worker: Worker;

  constructor({ baseUrl, consumerId, serviceName, intervalMs }: PacedFindsOptions) {
    const query = new URLSearchParams({ appId: 'testbed', serviceName, version: '0+' });
    const url = `${baseUrl}/v4/default/registry/instances?${query.toString()}`;
    this.#worker = new Worker(workerModule, { argv: [url, consumerId, String(intervalMs)] });
  }

  /** Ends the finds. @returns those that were answered */
  async stop(): Promise<readonly TimedFind[]> {
    this.#worker.postMessage('stop', []);
    const messages: unknown[] = await once(this.#worker, 'message');
    await this.#worker.terminate();
    const times: readonly unknown[] = Array.isArray(messages[0]) ? messages[0] : [];
    const [asked, answered] = times;
    if (!(asked instanceof Float64Array && answered instanceof Float64Array)) {
      throw new TypeError('the finds told no times');
    }
    return Array.from(asked, (askedMs, index) => ({ askedMs, answeredMs: answered[index] ?? 0 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
