import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { RegistryClient, ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

import { useTemporaryDirectory } from './support/temporary-directory.ts';

const directory = useTemporaryDirectory();

function start(
  flags: readonly string[] = [],
  nodeFlags: readonly string[] = [],
): Promise<ServerProcess> {
  return ServerProcess.start({ dataDirectory: join(directory(), 'data'), flags, nodeFlags });
}

it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s', async (signal) => {
  await using server = await start();
  expect(await server.end(signal)).toEqual({ code: 0, signal: null });
});

it('lets a request under way finish, and takes no new one', async () => {
  await using server = await start();
  const { hostname, port } = new URL(server.baseUrl);
  const socket = connect(Number(port), hostname);
  const body = '{"service":{"serviceName":"late"}}';
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  // The server reads the body only after it has said so, hence the request is under way.
  socket.write(
    `POST /v4/default/registry/microservices HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  await expect.poll(() => answer).toContain('100 Continue');
  process.kill(server.pid, 'SIGTERM');
  await expect.poll(() => fetch(server.baseUrl).catch(() => 'refused')).toBe('refused');
  socket.write(body);
  await expect.poll(() => answer).toMatch(/200 OK[^]*"serviceId":"\w+"/);
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it('unregisters itself', async () => {
  {
    await using server = await start();
    expect(await ownInstances(server)).toContain('"instanceId"');
    await server.end('SIGTERM');
  }
  await using server = await start(['--set', 'registry.selfRegister=0']);
  expect(await ownInstances(server)).not.toContain('"instanceId"');
});

it('keeps its data over a restart, and over a kill all that was acknowledged', async () => {
  let serviceId = '';
  for (const [round, signal] of (['SIGTERM', 'SIGKILL', 'SIGKILL'] as const).entries()) {
    await using server = await start();
    using client = new RegistryClient(server.baseUrl);
    serviceId ||= await client.registerService('kept');
    await client.registerInstance(serviceId, `instance-${round}`);
    await server.end(signal);
  }
  await using server = await start();
  using client = new RegistryClient(server.baseUrl);
  const instances = await client.listInstances(serviceId);
  expect(instances.map(({ instanceId }) => instanceId).toSorted()).toEqual([
    'instance-0',
    'instance-1',
    'instance-2',
  ]);
});

it('ends with 1 and the error in the log after an uncaught error', async () => {
  const throwAtSignal = `data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('out of nowhere')})`;
  await using server = await start([], ['--import', throwAtSignal]);
  expect(await server.end('SIGUSR2')).toEqual({ code: 1, signal: null });
  expect(server.output).toMatch(/"FATAL".*out of nowhere.*uncaught error, ending/);
});

it('ends with 1 after a rejection that nobody handles', async () => {
  const rejectAtSignal = `data:text/javascript,process.on('SIGUSR2',()=>{Promise.reject(new Error('nobody cares'))})`;
  await using server = await start([], ['--import', rejectAtSignal]);
  expect(await server.end('SIGUSR2')).toEqual({ code: 1, signal: null });
  expect(server.output).toContain('nobody cares');
});

it('has every request in the access log', async () => {
  const file = join(directory(), 'access.log');
  await using server = await start([
    '--set',
    'log.accessEnable=1',
    '--set',
    `log.accessFile=${file}`,
  ]);
  await fetch(`${server.baseUrl}/v4/default/registry/microservices`);
  await server.end('SIGTERM');
  expect(readFileSync(file, 'utf8')).toMatch(
    /^127\.0\.0\.1 \S+Z "GET \/v4\/default\/registry\/microservices HTTP\/1\.1" 200 0 \d+\n$/,
  );
});

async function ownInstances(server: ServerProcess): Promise<string> {
  const query = new URLSearchParams({
    appId: 'default',
    serviceName: 'SERVICECENTER',
    version: '0+',
    env: 'development',
  });
  const found = await fetch(`${server.baseUrl}/v4/default/registry/instances?${query.toString()}`);
  return found.text();
}
