import { join } from 'node:path';

import { GuardedProcess } from '../../process/guarded-process.ts';
import { parsePushLog } from '../log/push-log-text.ts';
import type { PushRecorder } from '../log/push-recorder.ts';
import type { PushChannel } from '../soak/push-plan.ts';

const program = join(import.meta.dirname, 'main.ts');

/** What a {@link ReaderProcess} works with. */
export interface ReaderProcessOptions {
  readonly name: string;
  readonly channel: PushChannel;
  readonly baseUrl: string;
  /** Gets what the reader records. */
  readonly recorder: PushRecorder;
  /** Where the numbers of the reader begin; nobody else may use them. */
  readonly firstNumber: number;
}

/** A subscriber that runs as a process of its own, so that the system can stop it in the middle of whatever it does. */
export class ReaderProcess {
  readonly #process: GuardedProcess;
  #rest = '';

  constructor({ name, channel, baseUrl, recorder, firstNumber }: ReaderProcessOptions) {
    this.#process = new GuardedProcess({
      program: process.execPath,
      programArguments: [
        '--conditions=@service-center/source',
        program,
        `--url=${baseUrl}`,
        `--channel=${channel}`,
        `--name=${name}`,
        `--first=${firstNumber}`,
      ],
      onStandardOutput: (chunk) => {
        const text = this.#rest + chunk;
        const end = text.lastIndexOf('\n') + 1;
        this.#rest = text.slice(end);
        for (const entry of parsePushLog(text.slice(0, end))) recorder.record(entry);
      },
    });
  }

  /** Stops it in the middle of whatever it does (SIGSTOP). */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  /** Lets it go on. */
  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Kills it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
