import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

import { runCommand } from './support/command-run.ts';
import { useTemporaryDirectory } from './support/temporary-directory.ts';

const directory = useTemporaryDirectory();

function dataDirectory(): string {
  return join(directory(), 'data');
}

it('says in one line where it is, where its data is, and which version it is', async () => {
  await using server = await ServerProcess.start({ dataDirectory: dataDirectory() });
  expect(server.output).toMatch(
    /^Service-Center \d+\.\d+\.\d+ is ready at http:\/\/127\.0\.0\.1:\d+ with its data in \S+\/data\n$/,
  );
  expect(server.output).toContain(dataDirectory());
  const response = await fetch(`${server.baseUrl}/v4/default/registry/health`);
  expect(response.status).toBe(200);
  // It is registered under the address it listens on.
  expect(await response.text()).toContain(server.baseUrl.replace('http:', 'rest:'));
});

it('runs with the file of the reference, apart from its store', async () => {
  await using server = await ServerProcess.start({
    dataDirectory: dataDirectory(),
    flags: ['--config', join(import.meta.dirname, 'fixtures/conf/app.yaml')],
    environment: { REGISTRY_KIND: 'embeded_etcd', APP_ROOT: directory() },
  });
  expect((await fetch(`${server.baseUrl}/health/readiness`)).status).toBe(200);
  const log = readFileSync(join(directory(), 'service-center.log'), 'utf8');
  const warnings = log.trimEnd().split('\n');
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/\tWARN\t-\tconfiguration keys without effect in this version: /);
  expect(warnings[0]).not.toContain('BEWARE');
  expect(warnings[1]).toContain('is taken for embedded');
});

it('warns when others can reach it, and how to close that', async () => {
  await using server = await ServerProcess.start({
    dataDirectory: dataDirectory(),
    flags: ['--host', '0.0.0.0'],
  });
  await expect
    .poll(() => server.output)
    .toMatch(/"WARN".*can read and change.*--host 127\.0\.0\.1/);
  expect(server.output).toContain('and every other address of this machine');
});

it('is refused a port that is taken', async () => {
  const holder = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  holder.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = holder.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { code, out, error } = await runCommand(['--port', port, '--data-dir', dataDirectory()]);
  holder.close();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toBe(
    `service-center: cannot listen on 127.0.0.1:${port}: the port is taken by another process; choose another one with --port\n`,
  );
});

it('is refused a directory that another server owns, which goes on', async () => {
  await using server = await ServerProcess.start({ dataDirectory: dataDirectory() });
  const { code, out, error } = await runCommand(['--port', '0', '--data-dir', dataDirectory()]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toMatch(/^service-center: data directory \S+: in use by another process.*\n$/);
  expect((await fetch(`${server.baseUrl}/health/readiness`)).status).toBe(200);
});

it('is refused directories that are not its own, and leaves them alone', async () => {
  mkdirSync(dataDirectory());
  writeFileSync(join(dataDirectory(), 'letter.txt'), 'dear all');
  const { code, error } = await runCommand(['--port', '0', '--data-dir', dataDirectory()]);
  expect(code).toBe(1);
  expect(error).toMatch(/^service-center: data directory .*letter\.txt.*\n$/);
  expect(readdirSync(dataDirectory())).toEqual(['letter.txt']);
});

it('is refused a damaged directory', async () => {
  await using server = await ServerProcess.start({ dataDirectory: dataDirectory() });
  await server.end('SIGTERM');
  truncateSync(join(dataDirectory(), 'store.db'), 100);
  const { code, error } = await runCommand(['--port', '0', '--data-dir', dataDirectory()]);
  expect(code).toBe(1);
  expect(error).toMatch(/^service-center: data directory .*damaged.*\n$/);
});

it('is refused a log file that cannot be opened', async () => {
  const { code, error } = await runCommand([
    '--port=0',
    '--data-dir',
    dataDirectory(),
    '--set',
    `log.file=${join(directory(), 'missing/a.log')}`,
  ]);
  expect(code).toBe(1);
  expect(error).toMatch(/^service-center: log file \(flag --set log\.file\): ENOENT.*\n$/);
});
