import { RegistryClient, type EtcdNode, type ServerProcess } from '@service-center/testbed';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { runCommand } from './support/command-run.ts';
import { etcdFlags, startEtcd, startOnEtcd } from './support/etcd-server.ts';
import { endpointOf, findServers } from './support/own-instances.ts';
import { isRunning, workersOf } from './support/worker-processes.ts';

let etcd: EtcdNode;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
});

function startWorkers(count: number, nodeFlags: readonly string[] = []): Promise<ServerProcess> {
  return startOnEtcd(etcd, { flags: ['--set', `server.workers=${count}`], nodeFlags });
}

function oldestWorker(server: ServerProcess): number {
  const [oldest] = workersOf(server.pid);
  if (oldest === undefined) throw new Error('no worker is running');
  return oldest;
}

/** One request over a connection of its own, which any worker may get. */
async function ask(server: ServerProcess, path: string): Promise<string> {
  using client = new RegistryClient(server.baseUrl);
  const { status, body } = await client.send('GET', path);
  expect(status).toBe(200);
  return body;
}

/** The value of a metric of the whole server, whatever its labels; 0 without it. */
async function metric(server: ServerProcess, name: string): Promise<number> {
  const page = await ask(server, '/metrics');
  return page
    .split('\n')
    .filter((line) => line.startsWith(`service_center_${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function readyWorkers(server: ServerProcess): number {
  return server.output.split('"a worker is ready"').length - 1;
}

/** Looks once, whoever is asked: the server is ready when every worker shows its registration. */
async function expectShownByAll(server: ServerProcess): Promise<void> {
  const looks = Array.from({ length: 20 }, () => findServers(server.baseUrl));
  for (const servers of await Promise.all(looks)) {
    expect([...servers.keys()]).toContain(endpointOf(server.baseUrl));
  }
}

it('is one server: says once that it is ready, and is registered once', async () => {
  await using server = await startWorkers(2);
  expect(server.output.match(/is ready at/g)).toHaveLength(1);
  expect(server.output).toMatch(/ is ready at http:\S+ with 2 workers and its data in etcd/);
  expect(workersOf(server.pid)).toHaveLength(2);
  await expectShownByAll(server);
  expect([...(await findServers(server.baseUrl)).keys()]).toEqual([endpointOf(server.baseUrl)]);

  // What one worker was told, the others know.
  using writer = new RegistryClient(server.baseUrl);
  const serviceId = await writer.registerService('cart');
  await writer.registerInstance(serviceId, 'cart-1');
  for (let request = 0; request < 6; request++) {
    await expect
      .poll(() => ask(server, `/v4/default/registry/microservices/${serviceId}/instances`))
      .toContain('cart-1');
  }
  // No worker lets go of the server's own service.
  const ownService = new URL(
    `/v4/default/registry/microservices/${await ownServiceId(server)}?force=1`,
    server.baseUrl,
  );
  for (let request = 0; request < 6; request++) {
    using client = new RegistryClient(server.baseUrl);
    const refusal = await client.send('DELETE', ownService.pathname + ownService.search);
    expect(refusal.status).toBe(400);
  }
});

it('stops all workers in order at SIGTERM', async () => {
  await using server = await startWorkers(2);
  const workers = workersOf(server.pid);
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(workers.filter(isRunning)).toEqual([]);
  expect(server.output.match(/"worker":\d,"message":"stopped"/g)).toHaveLength(2);
  await using next = await startOnEtcd(etcd);
  expect([...(await findServers(next.baseUrl)).keys()]).not.toContain(endpointOf(server.baseUrl));
});

it(
  'replaces a worker that is killed under load, and refuses nobody',
  { timeout: 120_000 },
  async () => {
    await using server = await startWorkers(2);
    await expectShownByAll(server);
    const stop = new AbortController();
    const load = Array.from({ length: 8 }, () => new ConnectingClient(server.baseUrl, stop.signal));
    const sum = (count: (client: ConnectingClient) => number): number =>
      load.reduce((total, client) => total + count(client), 0);
    const instanceIds = new Set<string | undefined>();
    for (const round of [1, 2, 3]) {
      // Each time the worker that was there from the beginning: once it is the one that keeps the server registered.
      const victim = oldestWorker(server);
      const answeredBefore = sum(({ answered }) => answered);
      process.kill(victim, 'SIGKILL');
      await expect
        .poll(
          async () => {
            const servers = await findServers(server.baseUrl).catch(() => undefined);
            // The one that is asked may be the one that was killed.
            if (servers !== undefined) instanceIds.add(servers.get(endpointOf(server.baseUrl)));
            return readyWorkers(server);
          },
          { timeout: 60_000 },
        )
        .toBe(2 + round);
      expect(sum(({ answered }) => answered)).toBeGreaterThan(answeredBefore);
    }
    stop.abort();
    await Promise.all(load.map(({ ended }) => ended));
    expect(sum(({ refused }) => refused)).toBe(0);
    // What the killed ones were busy with is lost; each had at most the eight requests under way.
    expect(sum(({ lost }) => lost)).toBeLessThanOrEqual(3 * 8);
    // The server was registered all the time, and as the same instance.
    expect(instanceIds.size).toBe(1);
    expect(instanceIds).not.toContain(undefined);
    expect(await metric(server, 'worker_end_total')).toBe(3);
  },
);

it('goes on being registered after the worker that saw to it is gone', async () => {
  await using server = await startWorkers(2);
  await expectShownByAll(server);
  const before = await findServers(server.baseUrl);
  for (const victim of workersOf(server.pid)) {
    const ready = readyWorkers(server);
    process.kill(victim, 'SIGKILL');
    await expect.poll(() => readyWorkers(server), { timeout: 60_000 }).toBe(ready + 1);
  }
  expect(await findServers(server.baseUrl)).toEqual(before);
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  // The last one unregisters the server: it knew that this was up to it.
  await using next = await startOnEtcd(etcd);
  expect([...(await findServers(next.baseUrl)).keys()]).not.toContain(endpointOf(server.baseUrl));
});

it('shows the metrics of all workers, whichever is asked', async () => {
  await using server = await startWorkers(2);
  const path = '/v4/default/registry/microservices';
  for (let request = 0; request < 10; request++) await ask(server, path);
  const listings = async (): Promise<number> => {
    const page = await ask(server, '/metrics');
    const line = /^service_center_http_request_total\{.*api="ListService".*\} (\d+)$/m.exec(page);
    return Number(line?.[1]);
  };
  // Whoever of them is asked.
  expect([await listings(), await listings()]).toEqual([10, 10]);
  expect(await metric(server, 'db_sc_total')).toBe(1);
  expect(await metric(server, 'worker_total')).toBe(2);

  process.kill(oldestWorker(server), 'SIGKILL');
  await expect.poll(() => readyWorkers(server), { timeout: 60_000 }).toBe(3);
  expect(await listings()).toBe(10);
});

it('takes socket.io over websockets only: requests of a long polling client would go to both', async () => {
  await using server = await startWorkers(2);
  const polling = await fetch(`${server.baseUrl}/socket.io/?EIO=4&transport=polling`);
  expect(polling.status).toBe(400);
  expect(await polling.text()).toContain('Transport unknown');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const url = `${server.baseUrl.replace('http:', 'ws:')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url);
  socket.addEventListener('message', ({ data }) => {
    resolve(String(data));
  });
  socket.addEventListener('error', () => {
    reject(new Error('no websocket'));
  });
  expect(await promise).toMatch(/^0\{"sid":/);
  socket.close();
});

it('ends with 1 when a worker ends again and again', { timeout: 120_000 }, async () => {
  const endSoon = `data:text/javascript,import cluster from 'node:cluster'; if (cluster.isWorker) process.exit(7)`;
  const { code, out, error } = await runCommand(
    [...etcdFlags(etcd.url), '--port=0', '--set', 'server.workers=2'],
    { nodeFlags: ['--import', endSoon] },
  );
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toMatch(/\nservice-center: worker \d ends again and again; the log says why\n$/);
  expect(error).toContain('"how":"exit code 7"');
});

it('says in one line why it does not start', async () => {
  await using holder = await startOnEtcd(etcd);
  const { port } = new URL(holder.baseUrl);
  const { code, out, error } = await runCommand([
    ...etcdFlags(etcd.url),
    '--port',
    port,
    '--set',
    'server.workers=2',
  ]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toContain(
    `service-center: cannot listen on 127.0.0.1:${port}: the port is taken by another process; choose another one with --port\n`,
  );
});

it('leaves no worker behind when the primary is killed', async () => {
  await using server = await startWorkers(2);
  const workers = workersOf(server.pid);
  await server.end('SIGKILL');
  await expect.poll(() => workers.filter(isRunning), { timeout: 10_000 }).toEqual([]);
});

async function ownServiceId(server: ServerProcess): Promise<string> {
  const page = await ask(server, '/health');
  return /"serviceId":"(\w+)"/.exec(page)?.[1] ?? '';
}

/** Asks again and again, over a connection for each request, so that each could be refused. */
class ConnectingClient {
  answered = 0;
  refused = 0;
  lost = 0;
  readonly ended: Promise<void>;

  constructor(baseUrl: string, signal: AbortSignal) {
    this.ended = this.#run(`${baseUrl}/v4/default/registry/microservices`, signal);
  }

  async #run(url: string, signal: AbortSignal): Promise<void> {
    // Whoever is refused once has seen what there is to see.
    while (!signal.aborted && this.refused === 0) {
      try {
        const response = await fetch(url, {
          headers: { connection: 'close' },
          signal: AbortSignal.timeout(5000),
        });
        await response.text();
        this.answered++;
      } catch (error) {
        const cause = error instanceof Error ? String(error.cause) : '';
        if (cause.includes('ECONNREFUSED')) this.refused++;
        else this.lost++;
      }
    }
  }
}
