import { readFile } from 'node:fs/promises';

const anonymousPattern = /^Anonymous:\s+(\d+) kB$/m;

/** The anonymous resident memory of a process, in MiB: what it really holds, files left aside. Linux only. */
export async function anonymousMemoryMiB(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kiB = anonymousPattern.exec(rollup)?.[1];
  if (kiB === undefined) throw new Error(`no figure for anonymous memory of process ${pid}`);
  return Number(kiB) / 1024;
}
