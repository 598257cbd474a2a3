import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { RegistryClient, ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

import { runCommand, type CommandRun } from './support/command-run.ts';
import { useTemporaryDirectory } from './support/temporary-directory.ts';

const directory = useTemporaryDirectory();

function backup(target: string): Promise<CommandRun> {
  return runCommand(['backup', target, '--data-dir', 'data'], { workingDirectory: directory() });
}

function restore(source: string, target: string): Promise<CommandRun> {
  return runCommand(['restore', source, '--data-dir', target], { workingDirectory: directory() });
}

function start(data: string): Promise<ServerProcess> {
  return ServerProcess.start({ dataDirectory: join(directory(), data) });
}

/** The names of the services that a server on a directory knows. */
async function serviceNamesIn(data: string): Promise<string[]> {
  await using server = await start(data);
  const response = await fetch(`${server.baseUrl}/v4/default/registry/microservices`);
  const body = await response.text();
  await server.end('SIGTERM');
  return [...body.matchAll(/"serviceName":"([^"]*)"/g)].map(([, name = '']) => name).toSorted();
}

it('copies the data of a running server and of a stopped one, and brings it back', async () => {
  {
    await using server = await start('data');
    using client = new RegistryClient(server.baseUrl);
    await client.registerService('first');
    const whileRunning = await backup('b1');
    expect(whileRunning).toMatchObject({ code: 0, error: '' });
    expect(whileRunning.out).toContain(join(directory(), 'b1'));
    await client.registerService('second');
    await server.end('SIGTERM');
  }
  expect(await backup('b2')).toMatchObject({ code: 0, error: '' });
  expect(await restore('b1', 'r1')).toMatchObject({ code: 0, error: '' });
  expect(await restore('b2', 'r2')).toMatchObject({ code: 0, error: '' });
  expect(await serviceNamesIn('r1')).toEqual(['first']);
  expect(await serviceNamesIn('r2')).toEqual(['first', 'second']);
});

it('works after a kill, whatever it left in the directory', async () => {
  {
    await using server = await start('data');
    using client = new RegistryClient(server.baseUrl);
    await client.registerService('first');
    await server.end('SIGKILL');
  }
  expect(await backup('b1')).toMatchObject({ code: 0, error: '' });
  expect(await serviceNamesIn('data')).toEqual(['first']);
});

it('overwrites nothing', async () => {
  mkdirSync(join(directory(), 'b1'));
  writeFileSync(join(directory(), 'b1', 'letter.txt'), 'dear all');
  await using server = await start('data');
  const refused = await backup('b1');
  expect(refused.code).toBe(1);
  expect(refused.error).toMatch(/^service-center: .*b1: is not empty.*letter\.txt.*\n$/);
  expect(await backup('b2')).toMatchObject({ code: 0 });
  const refusedToo = await restore('b2', 'data');
  expect(refusedToo.code).toBe(1);
  expect(refusedToo.error).toMatch(/^service-center: .*data: is not empty.*\n$/);
  await server.end('SIGTERM');
});

it('refuses what is not there or no backup', async () => {
  const nothing = await backup('b1');
  expect(nothing).toMatchObject({ code: 1, out: '' });
  expect(nothing.error).toMatch(/^service-center: data directory \S+: does not exist\n$/);
  expect(existsSync(join(directory(), 'data'))).toBe(false);
  const noBackup = await restore('b1', 'data');
  expect(noBackup).toMatchObject({ code: 1, out: '' });
  expect(noBackup.error).toMatch(/^service-center: .*b1: .*\n$/);
});
