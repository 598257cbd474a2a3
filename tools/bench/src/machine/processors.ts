import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The processor of whatever makes the load. */
export const loadProcessor = '1';

/** The command that keeps the server under measurement on a processor of its own. */
export const onServerProcessor = ['taskset', '-c', '0'] as const;

/** Keeps this process, with all its threads, where load is made: for load that this process makes itself. */
export async function moveToLoadProcessor(): Promise<void> {
  await run('taskset', ['-a', '-c', '-p', loadProcessor, String(process.pid)]);
}
