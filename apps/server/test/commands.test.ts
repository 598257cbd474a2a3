import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { runCommand } from './support/command-run.ts';
import { useTemporaryDirectory } from './support/temporary-directory.ts';

const directory = useTemporaryDirectory();

it('shows its version', async () => {
  const { code, out, error } = await runCommand(['--version']);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toMatch(/^service-center \d+\.\d+\.\d+\n$/);
});

it('shows its help', async () => {
  const { code, out } = await runCommand(['--help']);
  expect(code).toBe(0);
  for (const flag of ['--host', '--port', '--data-dir', '--config', '--set', '--print-config']) {
    expect(out).toContain(flag);
  }
});

it('shows its configuration with the source of each value, and starts nothing', async () => {
  const file = join(directory(), 'my.yaml');
  writeFileSync(file, 'server: {host: 127.0.0.2}\nrbac: {enable: false}\n');
  const { code, out, error } = await runCommand(
    [
      '--config',
      file,
      '--data-dir',
      'd',
      '--set',
      'sync.peers=[{"token":"s3cret"}]',
      '--print-config',
    ],
    { environment: { SERVER_PORT: '12345' }, workingDirectory: directory() },
  );
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toMatch(/^server\.port: 12345 +# environment variable SERVER_PORT$/m);
  expect(out).toContain(`server.host: 127.0.0.2`.padEnd(60) + ` # ${file}\n`);
  expect(out).toContain(`registry.embedded.dir: ${join(directory(), 'd')}`);
  expect(out).not.toContain('s3cret');
});

it.each([
  [['--prot', '1'], "unknown option '--prot'"],
  [['--port', 'x'], 'server.port (flag --port) is "x"; it must be a whole number from 0 to 65535'],
  [['--set', 'registry.kid=1'], 'the nearest known key is registry.kind'],
  [['--config', 'missing.yaml'], 'missing.yaml cannot be read'],
  [['start'], 'too many arguments'],
])('refuses %j with one line and exit code 2', async (commandLine, reason) => {
  const { code, out, error } = await runCommand(commandLine, { workingDirectory: directory() });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(error).toContain(reason);
  expect(error).not.toMatch(/^ +at /m);
});

it.each(['mongo', 'buildin'])('refuses the store %s by name', async (kind) => {
  const { code, error } = await runCommand(['--set', `registry.kind=${kind}`], {
    workingDirectory: directory(),
  });
  expect(code).toBe(1);
  expect(error).toContain(`registry.kind (flag --set registry.kind) is ${kind}, a store that`);
});

it.each(['backup', 'restore'])('does not %s what etcd holds', async (command) => {
  const { code, out, error } = await runCommand([command, 'copy', '--set', 'registry.kind=etcd'], {
    workingDirectory: directory(),
  });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toBe(
    `service-center: registry.kind (flag --set registry.kind) is etcd: ${command} is for the embedded store; what etcd holds is saved with etcd's own tool, etcdctl snapshot save\n`,
  );
});

it.each(['2', 'auto'])('refuses %s workers of the embedded store', async (workers) => {
  const { code, out, error } = await runCommand(['--set', `server.workers=${workers}`], {
    workingDirectory: directory(),
  });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toMatch(
    /^service-center: server\.workers \(flag --set server\.workers\) is \w+, but the embedded store belongs to one process: .*\n$/,
  );
});
