import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

const entryPoint = join(import.meta.dirname, '../../src/main.ts');

/** How a command ended. */
export interface CommandRun {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly out: string;
  readonly error: string;
}

/** Where a command runs. */
export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
}

/** A command that runs. */
export interface RunningCommand {
  /** What it wrote to standard output so far. */
  readonly out: () => string;
  /** What it wrote to standard error so far. */
  readonly error: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<CommandRun>;
}

/** Runs the server's executable from its sources until it ends by itself. */
export function runCommand(
  commandLine: readonly string[],
  options: CommandOptions = {},
): Promise<CommandRun> {
  return startCommand(commandLine, options).ended;
}

/** Starts the server's executable from its sources; after a minute, or with the test, it is ended. */
export function startCommand(
  commandLine: readonly string[],
  options: CommandOptions = {},
): RunningCommand {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@service-center/source',
      ...(options.nodeFlags ?? []),
      entryPoint,
      ...commandLine,
    ],
    {
      cwd: options.workingDirectory,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    },
  );
  // A test that fails does not come to where it would stop it.
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    error += chunk;
  });
  const { promise, resolve, reject } = Promise.withResolvers<CommandRun>();
  child.once('error', reject);
  child.once('close', (code, signal) => {
    resolve({ code: code ?? signal, out, error });
  });
  return {
    out: () => out,
    error: () => error,
    signal: (signal) => {
      child.kill(signal);
    },
    ended: promise,
  };
}
