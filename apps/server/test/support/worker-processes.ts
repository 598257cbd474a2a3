import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The workers of a server, by the id of its primary. Linux only. */
export function workersOf(primary: number): readonly number[] {
  const program = programOf(primary);
  return (
    readdirSync(`/proc/${primary}/task`)
      .flatMap((thread) =>
        readFileSync(`/proc/${primary}/task/${thread}/children`, 'utf8').split(' '),
      )
      .filter((child) => child !== '')
      .map(Number)
      // The testbed puts a guard beside them, which is a shell.
      .filter((child) => programOf(child) === program)
  );
}

/** Whether a process runs. */
export function isRunning(processId: number): boolean {
  try {
    // A process that ended and was not waited for yet still has its id.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function programOf(processId: number): string {
  return readlinkSync(`/proc/${processId}/exe`);
}
