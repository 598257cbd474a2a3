import { readFile } from 'node:fs/promises';

const limitPattern = /^Max open files\s+(\d+)/m;
/** What a process opens besides the sockets that are counted: files, the store, connections of a client. */
const others = 300;

/**
 * Makes sure that this process, and each that it starts, may hold so many sockets. Linux only.
 *
 * @throws Error that names the limit and the way to raise it
 */
export async function requireOpenFiles(sockets: number): Promise<void> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const limit = Number(limitPattern.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  const needed = sockets + others;
  if (limit < needed) {
    throw new Error(
      `${sockets} sockets need ${needed} open files, the limit is ${limit}: raise it with "ulimit -n ${needed}"`,
    );
  }
}
