import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { randomInt } from 'node:crypto';

/** The address that everything of the testbed listens on. */
export const loopback = '127.0.0.1';

/**
 * Ports below those that systems give to outgoing connections (Linux from 32768, macOS from 49152). A port from there
 * could be taken by some client while the server that owns it is stopped, and the server would not come back.
 */
const firstPort = 15_000;
const lastPort = 32_767;
const attemptsPerPort = 100;

/** What this process has given out: a port is free until its server starts, and clusters that start at once would meet. */
const givenOut = new Set<number>();

/**
 * Ports on which nothing listens, all different. They stay usable for a server that stops and starts again.
 *
 * @throws Error when no free port was found
 */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    for (let attempt = 0; ports.length < count; attempt++) {
      if (attempt === count * attemptsPerPort) {
        throw new Error(`no free port between ${firstPort} and ${lastPort}`);
      }
      const port = randomInt(firstPort, lastPort + 1);
      if (givenOut.has(port)) continue;
      const server = createServer();
      if (!(await canListen(server, port))) continue;
      givenOut.add(port);
      servers.push(server);
      ports.push(port);
    }
  } finally {
    await Promise.all(servers.map(close));
  }
  return ports;
}

async function canListen(server: Server, port: number): Promise<boolean> {
  server.listen({ port, host: loopback, exclusive: true });
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
