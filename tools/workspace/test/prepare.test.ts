import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const source = join(import.meta.dirname, '..', 'prepare.mjs');

// What npm would leave behind: a pnpm for whatever platform, here a script that notes its call and "installs" a node.
const fakePnpm = `#!/bin/sh
echo "$@" >> calls
case "$*" in *--offline*) [ -f store ] || exit 1 ;; esac
[ -f gate ] && while [ ! -f gate.open ]; do sleep 0.02; done
mkdir -p node_modules/.bin && touch node_modules/.bin/node
`;
const fakeNpm = `
const fs = require('node:fs');
const path = require('node:path');
const options = process.argv.slice(2);
if (fs.existsSync(path.join(__dirname, 'offline'))) {
  console.error('npm error code ENOTFOUND');
  process.exit(1);
}
if (options[0] === 'view') process.exit(0);
const home = path.join(options[options.indexOf('--prefix') + 1], 'node_modules', '@pnpm', 'exe.any');
fs.mkdirSync(home, { recursive: true });
fs.copyFileSync(path.join(__dirname, 'pnpm'), path.join(home, 'pnpm'));
`;

let checkout: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'service-center-prepare-'));
  await mkdir(join(checkout, 'tools', 'workspace'), { recursive: true });
  await cp(source, join(checkout, 'tools', 'workspace', 'prepare.mjs'));
  await writeFile(
    join(checkout, 'package.json'),
    JSON.stringify({ packageManager: 'pnpm@12.0.0', private: true }),
  );
  await writeFile(join(checkout, 'pnpm-lock.yaml'), 'lockfileVersion: 9.0\n');
  await writeFile(join(checkout, 'pnpm-workspace.yaml'), 'packages: []\n');
  await writeFile(join(checkout, 'npm-cli.js'), fakeNpm);
  await writeFile(join(checkout, 'pnpm'), fakePnpm);
  await chmod(join(checkout, 'pnpm'), 0o755);
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(checkout, { recursive: true, force: true });
});

interface Preparation {
  readonly child: ChildProcess;
  /** Resolves with its first output. */
  readonly spoke: Promise<unknown>;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

function prepare(): Preparation {
  const child = spawn(process.execPath, ['tools/workspace/prepare.mjs'], {
    cwd: checkout,
    env: { ...process.env, npm_execpath: join(checkout, 'npm-cli.js') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return {
    child,
    spoke: once(child.stderr, 'data'),
    ended: once(child, 'close').then(() => ({ code: child.exitCode, output })),
  };
}

async function installCount(): Promise<number> {
  const calls = await readFile(join(checkout, 'calls'), 'utf8').catch(() => '');
  const installs = calls.split('\n').filter((line) => line.startsWith('install --frozen-lockfile'));
  return installs.filter((line) => !line.includes('--offline')).length;
}

test('installs once, and again only when what decides the install changed', async () => {
  expect(await prepare().ended).toMatchObject({ code: 0 });
  expect(await prepare().ended).toEqual({ code: 0, output: '' });
  expect(await installCount()).toBe(1);

  await appendFile(join(checkout, 'pnpm-lock.yaml'), '# changed\n');
  expect(await prepare().ended).toMatchObject({ code: 0 });
  expect(await installCount()).toBe(2);

  await mkdir(join(checkout, 'packages', 'new'), { recursive: true });
  await writeFile(join(checkout, 'packages', 'new', 'package.json'), '{}');
  expect(await prepare().ended).toMatchObject({ code: 0 });
  expect(await installCount()).toBe(3);

  await rm(join(checkout, 'node_modules'), { recursive: true });
  expect(await prepare().ended).toMatchObject({ code: 0 });
  expect(await installCount()).toBe(4);
});

test('needs no network once prepared', async () => {
  await prepare().ended;
  await writeFile(join(checkout, 'offline'), '');
  expect(await prepare().ended).toEqual({ code: 0, output: '' });
});

test('without network the first run ends with a reason that says what to do', async () => {
  await writeFile(join(checkout, 'offline'), '');
  const { code, output } = await prepare().ended;
  expect(code).toBe(1);
  expect(output).toContain('The npm registry cannot be reached');
  expect(output).not.toContain('at file:');

  await rm(join(checkout, 'offline'));
  expect(await prepare().ended).toMatchObject({ code: 0 });
});

test('a lost network half way ends with that reason, and a filled store needs none', async () => {
  await prepare().ended;
  await rm(join(checkout, 'node_modules'), { recursive: true });
  await writeFile(join(checkout, 'offline'), '');
  const { code, output } = await prepare().ended;
  expect(code).toBe(1);
  expect(output).toContain(
    'Installing the dependencies failed. The npm registry cannot be reached',
  );

  await writeFile(join(checkout, 'store'), '');
  expect(await prepare().ended).toMatchObject({ code: 0 });
  expect(await installCount()).toBe(1);
});

test('two at once install once', async () => {
  await writeFile(join(checkout, 'gate'), '');
  const first = prepare();
  await vi.waitFor(async () => expect(await installCount()).toBe(1), { timeout: 10_000 });
  const second = prepare();
  await second.spoke;
  await writeFile(join(checkout, 'gate.open'), '');
  expect(await first.ended).toMatchObject({ code: 0 });
  const { code, output } = await second.ended;
  expect(code).toBe(0);
  expect(output).toContain('waiting for another process');
  expect(await installCount()).toBe(1);
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'after %s half way the next run starts over',
  async (signal) => {
    await writeFile(join(checkout, 'gate'), '');
    const first = prepare();
    await vi.waitFor(async () => expect(await installCount()).toBe(1), { timeout: 10_000 });
    first.child.kill(signal);
    await once(first.child, 'exit');
    await writeFile(join(checkout, 'gate.open'), '');
    expect(existsSync(join(checkout, 'node_modules', '.service-center-installed'))).toBe(false);

    expect(await prepare().ended).toMatchObject({ code: 0 });
    expect(await installCount()).toBe(2);
    expect(await prepare().ended).toEqual({ code: 0, output: '' });
  },
);
