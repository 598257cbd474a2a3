import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { GuardedProcess } from './guarded-process.ts';

const listener = `
  const server = require('node:net').createServer();
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** A shell whose child listens and tells its port. */
const family = ['-c', '"$0" -e "$1"; true', process.execPath, listener];

const modulePath = join(import.meta.dirname, 'guarded-process.ts');

/** Starts the family under guard and passes on what it says. */
const owner = `
  import { GuardedProcess } from ${JSON.stringify(modulePath)};
  const family = new GuardedProcess({
    program: 'sh',
    programArguments: ${JSON.stringify(family)},
    onStandardOutput: (chunk) => process.stdout.write(chunk),
  });
  await family.ended;
`;

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('GuardedProcess', () => {
  it('is gone, children included, when its owner is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', owner], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: unknown = await once(child.stdout, 'data');
    const port = Number(String(said));
    expect(await isListening(port)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitUntil(async () => !(await isListening(port)), 5000);
  });

  it('is gone, children included, when it is disposed of', async () => {
    const said = Promise.withResolvers<string>();
    const guarded = new GuardedProcess({
      program: 'sh',
      programArguments: family,
      onStandardOutput: said.resolve,
    });
    const port = Number(await said.promise);
    await guarded[Symbol.asyncDispose]();
    expect(guarded.isRunning).toBe(false);
    await vi.waitUntil(async () => !(await isListening(port)), 5000);
  });

  it('tells how the program itself ended, with everything it wrote', async () => {
    const guarded = new GuardedProcess({
      program: 'sh',
      programArguments: ['-c', 'echo out $WORD; echo error >&2; exit 7'],
      environment: { WORD: 'spoken' },
    });
    expect(await guarded.ended).toEqual({ code: 7, signal: null });
    expect(guarded.output).toContain('out spoken\n');
    expect(guarded.output).toContain('error\n');
  });

  it('tells by which signal the program itself ended', async () => {
    const guarded = new GuardedProcess({ program: 'sleep', programArguments: ['600'] });
    expect(await guarded.end('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  });
});
