import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

import type { ProcessEnd } from '../process/process-end.ts';

const repository = join(import.meta.dirname, '../../../..');
const entryPoint = join(repository, 'apps/server/src/main.ts');
const readyPattern = /https?:\/\/[^\s"]+/;

/** How to start a server. */
export interface ServerProcessOptions {
  readonly dataDirectory: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** More flags, such as `--set key=value`. */
  readonly flags?: readonly string[];
  /** More environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** Runs the process under a command, such as `['taskset', '-c', '0']`. */
  readonly wrapper?: readonly string[];
  /** Default 20 000. */
  readonly startTimeoutMs?: number;
}

/** A server of ours as a child process, started from its sources as `npm start` does. */
export class ServerProcess {
  readonly baseUrl: string;
  /** From the start of the process until it said that it listens. */
  readonly startMs: number;
  /** How the process ended; stays pending while it runs. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #output: string[];

  private constructor(
    child: ChildProcess,
    output: string[],
    ended: Promise<ProcessEnd>,
    baseUrl: string,
    startMs: number,
  ) {
    this.#child = child;
    this.#output = output;
    this.ended = ended;
    this.baseUrl = baseUrl;
    this.startMs = startMs;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws Error with the server's output when it ends first, or takes too long
   */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const startedMs = performance.now();
    const command = [
      ...(options.wrapper ?? []),
      process.execPath,
      '--conditions=@service-center/source',
      ...(options.nodeFlags ?? []),
      entryPoint,
      '--data-dir',
      options.dataDirectory,
      '--port',
      String(options.port ?? 0),
      ...(options.flags ?? []),
    ];
    const [program = process.execPath, ...programArguments] = command;
    const child = spawn(program, programArguments, {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    const output: string[] = [];
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    const baseUrl = await waitUntilReady(child, output, options.startTimeoutMs ?? 20_000);
    return new ServerProcess(child, output, ended, baseUrl, performance.now() - startedMs);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything the process wrote so far. */
  get output(): string {
    return this.#output.join('');
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    this.#child.kill(signal);
    return this.ended;
  }

  /** Makes sure that the process is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end('SIGKILL');
  }
}

async function waitUntilReady(
  child: ChildProcess,
  output: string[],
  timeoutMs: number,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let standardOutput = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.push(chunk);
    standardOutput += chunk;
    const url = readyPattern.exec(standardOutput)?.[0];
    // A URL at the very end may still be cut in the middle.
    if (url !== undefined && !standardOutput.endsWith(url)) resolve(url.replace(/\/$/, ''));
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.push(chunk);
  });
  const fail = (why: string): void => {
    reject(new Error(`the server ${why}:\n${output.join('')}`));
  };
  child.once('error', (error) => {
    fail(`could not be started: ${error.message}`);
  });
  child.once('exit', (code, signal) => {
    fail(`ended with ${String(signal ?? code)} before it was ready`);
  });
  const timer = setTimeout(() => {
    fail(`was not ready after ${timeoutMs} ms`);
    child.kill('SIGKILL');
  }, timeoutMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
