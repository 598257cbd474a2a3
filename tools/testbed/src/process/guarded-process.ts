import { spawn, type ChildProcess } from 'node:child_process';

import type { ProcessEnd } from './process-end.ts';

/**
 * Becomes the program, after leaving a guard behind: a shell that waits on a pipe from us. When we die, however hard,
 * the system closes the pipe, and the guard kills the program with all its children. A line on the pipe dismisses the
 * guard: without it, it would kill whoever has the process id by then. The environment is that of the program alone: a
 * library that is loaded into it by `LD_PRELOAD` has no business in the guard.
 */
const guardScript = '(read -r _ <&3 || kill -KILL -$$) >/dev/null 2>&1 & exec 3<&-; exec env "$@"';

/** How many characters of a program's output are kept. */
const outputLimit = 1024 * 1024;

/** What to run. */
export interface GuardedProcessOptions {
  readonly program: string;
  readonly programArguments: readonly string[];
  /** Default: that of this process. */
  readonly workingDirectory?: string;
  /** More environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets what the program writes to its standard output, as it comes. */
  readonly onStandardOutput?: (chunk: string) => void;
}

/** A child process that does not outlive this one, not even when this one is killed. Needs a system with `sh` and `env`. */
export class GuardedProcess {
  /**
   * How the process ended, told when all that it wrote is in the output; stays pending while it runs. Rejects when it
   * could not be started at all.
   */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(options: GuardedProcessOptions) {
    const variables = Object.entries(options.environment ?? {});
    const command = [
      ...variables.map(([name, value]) => `${name}=${value}`),
      options.program,
      ...options.programArguments,
    ];
    this.#child = spawn('sh', ['-c', guardScript, 'guard', ...command], {
      cwd: options.workingDirectory,
      // A group of its own: it can be killed as a whole, and an interrupt typed at the terminal does not reach it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const keep = (chunk: string): void => {
      this.#output = (this.#output + chunk).slice(-outputLimit);
    };
    this.#child.stderr?.setEncoding('utf8').on('data', keep);
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      keep(chunk);
      options.onStandardOutput?.(chunk);
    });
    this.ended = this.#watchEnd();
    // Whoever waits for the end sees the failure; that nobody waits must not end the test process.
    this.ended.catch(() => undefined);
  }

  /**
   * The id of the program itself.
   *
   * @throws Error when it could not be started: no number would do, to the system 0 means our own group
   */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the process could not be started');
    return pid;
  }

  /** The end of what the program wrote, standard output and error as they came. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Sends a signal to the program; nothing happens when it has ended. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    this.signal(signal);
    return this.ended;
  }

  /** Makes sure that the program and its children are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isRunning) return;
    process.kill(-this.pid, 'SIGKILL');
    await this.ended;
  }

  #watchEnd(): Promise<ProcessEnd> {
    const child = this.#child;
    const guard = child.stdio[3];
    const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>();
    child.once('error', reject);
    child.once('exit', () => {
      if (guard !== null && guard !== undefined && 'end' in guard) guard.end('\n');
    });
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
    guard?.on('error', () => {
      // The guard went with the group: there is nobody to dismiss.
    });
    return promise;
  }
}
