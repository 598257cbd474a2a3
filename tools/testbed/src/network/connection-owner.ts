import { readdir, readFile, readlink } from 'node:fs/promises';

/** A TCP connection as the process that opened it sees it. */
export interface OpenedConnection {
  readonly localPort: number;
  readonly remotePort: number;
}

/**
 * Which of some processes opened a connection; undefined when none of them holds it (any more). All on this machine's
 * loopback; needs Linux, where `/proc` tells.
 */
export async function findConnectionOwner(
  connection: OpenedConnection,
  processIds: readonly number[],
): Promise<number | undefined> {
  const inode = await findSocketInode(connection);
  if (inode === undefined) return undefined;
  for (const processId of processIds) {
    if (await holdsSocket(processId, inode)) return processId;
  }
  return undefined;
}

async function findSocketInode(connection: OpenedConnection): Promise<string | undefined> {
  const table = await readFile('/proc/net/tcp', 'latin1');
  const [localEnd, remoteEnd] = [hexPort(connection.localPort), hexPort(connection.remotePort)];
  for (const line of table.split('\n')) {
    // Place, local address, remote address, state, queues, timer, retransmits, user, timeout, inode.
    const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
    if (local?.endsWith(localEnd) === true && remote?.endsWith(remoteEnd) === true) return inode;
  }
  return undefined;
}

function hexPort(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

async function holdsSocket(processId: number, inode: string): Promise<boolean> {
  const directory = `/proc/${processId}/fd`;
  const names = await readdir(directory).catch(whenGone<string[]>([]));
  for (const name of names) {
    const target = await readlink(`${directory}/${name}`).catch(whenGone(''));
    if (target === `socket:[${inode}]`) return true;
  }
  return false;
}

/** Processes end and files are closed while one looks: then they are not the ones looked for. */
function whenGone<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing;
    throw error;
  };
}
