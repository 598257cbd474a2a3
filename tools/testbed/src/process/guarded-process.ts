import { spawn, type ChildProcess } from 'node:child_process';

import type { ProcessEnd } from './process-end.ts';

/**
 * Becomes the program, after leaving a guard behind: a shell that waits on a pipe from us. When we die, however hard,
 * the system closes the pipe, and the guard kills the program with all its children. A line on the pipe dismisses the
 * guard: without it, it would kill whoever has the process id by then.
 */
const guardScript = '(read -r _ <&3 || kill -KILL -$$) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

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
}

/** A child process that does not outlive this one, not even when this one is killed. Needs `sh`. */
export class GuardedProcess {
  /** How the process ended; stays pending while it runs. Rejects when it could not be started at all. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(output: string) => void>();
  #output = '';

  constructor(options: GuardedProcessOptions) {
    const shellArguments = ['-c', guardScript, 'guard', options.program];
    this.#child = spawn('sh', [...shellArguments, ...options.programArguments], {
      cwd: options.workingDirectory,
      // A group of its own: it can be killed as a whole, and an interrupt typed at the terminal does not reach it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output = (this.#output + chunk).slice(-outputLimit);
        for (const listener of this.#listeners) listener(this.#output);
      });
    }
    this.ended = this.#watchEnd();
    // Whoever waits for the end sees the failure; that nobody waits must not end the test process.
    this.ended.catch(() => undefined);
  }

  /** The id of the program itself. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The end of what the program wrote, standard output and error as they came. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
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

  /** Makes sure that the program is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.end('SIGKILL');
  }

  #watchEnd(): Promise<ProcessEnd> {
    const child = this.#child;
    const guard = child.stdio[3];
    const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>();
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (guard !== null && guard !== undefined && 'end' in guard) guard.end('\n');
      resolve({ code, signal });
    });
    guard?.on('error', () => {
      // The guard went with the group: there is nobody to dismiss.
    });
    return promise;
  }
}
