import type { PrimaryMessage, WorkerMessage } from './messages.ts';

/** The process of a worker, as the primary sees it. */
export interface WorkerProcess {
  /** Sends a message; what does not arrive was for a process that is gone. */
  send(message: PrimaryMessage): void;
  /** Asks it to stop in order. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
}

/** What a worker's process tells the primary. */
export interface WorkerListener {
  onMessage(message: WorkerMessage): void;
  /** It is gone. @param how - its exit code or the signal that ended it, in words */
  onEnd(how: string): void;
}

/** Starts the process of a worker. */
export type LaunchWorker = (listener: WorkerListener) => WorkerProcess;
