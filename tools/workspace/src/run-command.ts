import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a tool of the workspace with its output going straight to the terminal.
 *
 * @returns whether it ended with exit code 0
 * @throws when the tool cannot be started
 */
export async function runCommand(
  command: string,
  commandArguments: readonly string[],
  cwd: string,
): Promise<boolean> {
  const child = spawn(command, commandArguments, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  });
  await once(child, 'close');
  return child.exitCode === 0;
}
