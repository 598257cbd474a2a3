import { join } from 'node:path';

import { GuardedProcess } from '../process/guarded-process.ts';
import type { ProcessEnd } from '../process/process-end.ts';

const repository = join(import.meta.dirname, '../../../..');
const entryPoint = join(repository, 'apps/server/src/main.ts');
const readyPattern = /https?:\/\/[^\s"]+/;

/** How to start a server. */
export interface ServerProcessOptions {
  /** Where an embedded store lies. Default: the server decides. */
  readonly dataDirectory?: string;
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

/** A server of ours as a child process, started from its sources as `npm start` does. It does not outlive this process. */
export class ServerProcess {
  readonly baseUrl: string;
  /** From the start of the process until it said that it listens. */
  readonly startMs: number;
  readonly #process: GuardedProcess;

  private constructor(child: GuardedProcess, baseUrl: string, startMs: number) {
    this.#process = child;
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
    const [program = process.execPath, ...programArguments] = commandLine(options);
    const listening = Promise.withResolvers<string>();
    let standardOutput = '';
    const child = new GuardedProcess({
      program,
      programArguments,
      workingDirectory: repository,
      ...(options.environment !== undefined && { environment: options.environment }),
      onStandardOutput: (chunk) => {
        standardOutput += chunk;
        const url = readyPattern.exec(standardOutput)?.[0];
        // A URL at the very end may still be cut in the middle.
        if (url !== undefined && !standardOutput.endsWith(url)) listening.resolve(url);
      },
    });
    const url = await waitUntilReady(child, listening.promise, options.startTimeoutMs ?? 20_000);
    return new ServerProcess(child, url.replace(/\/$/, ''), performance.now() - startedMs);
  }

  /** How the process ended; stays pending while it runs. */
  get ended(): Promise<ProcessEnd> {
    return this.#process.ended;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The end of what the process wrote so far. */
  get output(): string {
    return this.#process.output;
  }

  /** Halts it in the middle of whatever it does (SIGSTOP); its connections stay open and silent. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  /** Lets it go on after a pause. */
  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    return this.#process.end(signal);
  }

  /** Makes sure that the process is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

function commandLine(options: ServerProcessOptions): readonly string[] {
  const { dataDirectory } = options;
  return [
    ...(options.wrapper ?? []),
    process.execPath,
    '--conditions=@service-center/source',
    ...(options.nodeFlags ?? []),
    entryPoint,
    ...(dataDirectory === undefined ? [] : ['--data-dir', dataDirectory]),
    '--port',
    String(options.port ?? 0),
    ...(options.flags ?? []),
  ];
}

async function waitUntilReady(
  child: GuardedProcess,
  listening: Promise<string>,
  timeoutMs: number,
): Promise<string> {
  const failed = Promise.withResolvers<never>();
  const fail = (why: string): void => {
    failed.reject(new Error(`the server ${why}:\n${child.output}`));
  };
  const timer = setTimeout(() => {
    fail(`was not ready after ${timeoutMs} ms`);
    child.signal('SIGKILL');
  }, timeoutMs);
  const ended = child.ended.then(({ code, signal }) => {
    throw new Error(
      `the server ended with ${String(signal ?? code)} before it was ready:\n${child.output}`,
    );
  });
  try {
    return await Promise.race([listening, failed.promise, ended]);
  } finally {
    clearTimeout(timer);
  }
}
