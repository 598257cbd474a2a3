import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger } from '@service-center/sdcommon';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { requestBackup } from './control-client.ts';
import { ControlServer } from './control-server.ts';
import { controlSocketPath } from './socket-path.ts';

let directory: string;
let socketPath: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'control-'));
  socketPath = join(directory, 'control.sock');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function withServer(
  backup: (target: string) => Promise<void>,
  action: () => Promise<void>,
): Promise<void> {
  const server = new ControlServer({ socketPath, backup, logger: silentLogger });
  await server.listen();
  try {
    await action();
  } finally {
    await server.close();
  }
}

describe('the control socket', () => {
  it('hands a backup to the server and its outcome back', async () => {
    const targets: string[] = [];
    await withServer(
      async (target) => {
        targets.push(target);
      },
      async () => {
        expect(await requestBackup(socketPath, '/somewhere')).toEqual({ ok: true });
      },
    );
    expect(targets).toEqual(['/somewhere']);
  });

  it('says why a backup failed', async () => {
    await withServer(
      () => Promise.reject(new Error('disk full')),
      async () => {
        expect(await requestBackup(socketPath, '/somewhere')).toEqual({
          ok: false,
          error: 'disk full',
        });
      },
    );
  });

  it('is for the owner of the data alone, takes the place of a leftover, and goes with the server', async () => {
    writeFileSync(socketPath, '');
    await withServer(
      () => Promise.resolve(),
      async () => {
        expect(statSync(socketPath).mode & 0o777).toBe(0o600);
      },
    );
    expect(existsSync(socketPath)).toBe(false);
  });

  it('refuses what is no command', async () => {
    const backups: string[] = [];
    await withServer(
      async (target) => {
        backups.push(target);
      },
      async () => {
        expect(await send('POST', '/backup', '{"target":5}')).toContain('"ok":false');
        expect(await send('POST', '/backup', 'x'.repeat(20_000))).toContain('at most');
        expect(await send('GET', '/backup', '')).toContain('unknown command');
        expect(await send('POST', '/', '')).toContain('unknown command');
      },
    );
    expect(backups).toEqual([]);
  });

  it('is silent when no server listens', async () => {
    expect(await requestBackup(socketPath, '/somewhere')).toBeUndefined();
  });
});

describe('the path of the socket', () => {
  it('is the shorter one of absolute and relative', () => {
    expect(controlSocketPath('/data', '/very/long/working/directory')).toBe('/data/control.sock');
    expect(controlSocketPath('/very/long/path/data', '/very/long/path')).toBe('data/control.sock');
  });

  it('is none when both are too long for the system', () => {
    expect(controlSocketPath(`/${'d'.repeat(200)}`, '/other')).toBeUndefined();
  });
});

function send(method: string, path: string, body: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const outgoing = request({ socketPath, method, path }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.once('end', () => {
      resolve(text);
    });
  });
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}
