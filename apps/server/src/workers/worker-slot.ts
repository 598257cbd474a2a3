import type { Clock, Logger } from '@service-center/sdcommon';

import type { PrimaryMessage, WorkerMessage } from './messages.ts';
import { RestartPolicy } from './restart-policy.ts';
import type { LaunchWorker, WorkerProcess } from './worker-process.ts';

/** What a {@link WorkerSlot} works with. */
export interface WorkerSlotOptions {
  /** Which of the workers it is, from 1 on. */
  readonly number: number;
  readonly launch: LaunchWorker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a start may take after the last sign of it, milliseconds. */
  readonly startTimeoutMs: number;
  readonly onMessage: (message: WorkerMessage) => void;
  /** The worker is gone; another one may follow in its place. */
  readonly onEnd: () => void;
  /** The worker keeps ending: it is not started again. */
  readonly onGiveUp: () => void;
}

/** The place of one worker: has a process in it, and puts a new one there when it ends (design §3.6). */
export class WorkerSlot {
  readonly number: number;
  readonly #options: WorkerSlotOptions;
  readonly #policy: RestartPolicy;
  readonly #stopped = Promise.withResolvers<void>();
  #process: WorkerProcess | undefined;
  #isListening = false;
  #isStopping = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: WorkerSlotOptions) {
    this.number = options.number;
    this.#options = options;
    this.#policy = new RestartPolicy(options.clock);
  }

  /** Whether the worker takes connections. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** Starts the worker. */
  start(): void {
    this.#watchStart();
    this.#process = this.#options.launch({
      onMessage: (message) => {
        this.#onMessage(message);
      },
      onEnd: (how) => {
        this.#onEnd(how);
      },
    });
  }

  /** Sends a message, if there is a worker. */
  send(message: PrimaryMessage): void {
    this.#process?.send(message);
  }

  /** Stops the worker in order. @returns when it is gone */
  stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer?.();
    if (this.#process === undefined) this.#stopped.resolve();
    else this.#process.stop();
    return this.#stopped.promise;
  }

  #onMessage(message: WorkerMessage): void {
    if (message.kind === 'waiting') this.#watchStart();
    if (message.kind === 'listening') {
      this.#cancelTimer?.();
      this.#isListening = true;
    }
    this.#options.onMessage(message);
  }

  #onEnd(how: string): void {
    const { logger, number, onEnd, onGiveUp } = this.#options;
    this.#cancelTimer?.();
    this.#process = undefined;
    this.#isListening = false;
    onEnd();
    if (this.#isStopping) {
      this.#stopped.resolve();
      return;
    }
    const delayMs = this.#policy.ended();
    logger.error({ worker: number, how, restartInMs: delayMs }, 'a worker ended');
    if (delayMs === undefined) onGiveUp();
    else
      this.#schedule(delayMs, () => {
        this.start();
      });
  }

  /** A worker that neither starts nor ends is in nobody's log and serves nobody. */
  #watchStart(): void {
    if (this.#isStopping) return;
    const { logger, number, startTimeoutMs } = this.#options;
    this.#schedule(startTimeoutMs, () => {
      logger.error({ worker: number, startTimeoutMs }, 'a worker did not become ready');
      this.#process?.kill();
    });
  }

  #schedule(ms: number, callback: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.schedule(ms, callback);
  }
}
