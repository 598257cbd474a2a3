import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AccessLog } from './access-log.ts';
import { ServerLog } from './server-log.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logging-'));
  file = join(directory, 'a.log');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function lines(): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

async function open(
  format: 'auto' | 'text' | 'json',
  level: 'DEBUG' | 'WARN' = 'DEBUG',
): Promise<ServerLog> {
  return ServerLog.open({ level, format, file, isTerminal: true });
}

describe('the log', () => {
  it.each(['auto', 'json'] as const)(
    'has an object a line in a file with format %s',
    async (format) => {
      const log = await open(format);
      log.logger.warn({ port: 1 }, 'hello');
      // Before anything is closed: a process that ends now has lost nothing.
      expect(lines()).toEqual([
        expect.stringMatching(/^\{"level":"WARN","time":"[^"]+Z","port":1,"message":"hello"\}$/),
      ]);
      log.close();
    },
  );

  it('has the fields between tabs as text', async () => {
    const log = await open('text');
    log.logger.error({ err: new Error('broken\nin two') }, 'first\tline\nsecond');
    log.close();
    const [line = '', ...others] = lines();
    expect(others).toEqual([]);
    const [time = '', level, place, message, rest = ''] = line.split('\t');
    expect(new Date(time).toISOString()).toBe(time);
    expect([level, place, message]).toEqual(['ERROR', '-', String.raw`first\tline\nsecond`]);
    expect(JSON.parse(rest)).toMatchObject({ err: { type: 'Error', message: 'broken\nin two' } });
  });

  it('leaves out what is less severe than its level', async () => {
    const log = await open('json', 'WARN');
    log.logger.info({}, 'not this');
    log.logger.warn({}, 'but this');
    log.close();
    expect(lines()).toHaveLength(1);
  });

  it('goes on at the end of a file that is there', async () => {
    for (const message of ['one', 'two']) {
      const log = await open('json');
      log.logger.info({}, message);
      log.close();
    }
    expect(lines()).toHaveLength(2);
  });

  it('is refused when its file cannot be opened', async () => {
    file = join(directory, 'missing', 'a.log');
    await expect(open('json')).rejects.toThrow('ENOENT');
  });
});

describe('the access log', () => {
  it('has a line for each request once it is closed', () => {
    const errors: Error[] = [];
    const log = new AccessLog(file, (error) => errors.push(error));
    log.write({
      remoteIp: '10.0.0.7',
      receivedMs: Date.UTC(2024, 4, 1, 8, 0, 0, 123),
      method: 'GET',
      uri: '/v4/default/registry/microservices',
      protocol: 'HTTP/1.1',
      status: 200,
      requestBytes: 0,
      delayMs: 2.6,
    });
    log.close();
    expect(errors).toEqual([]);
    expect(lines()).toEqual([
      '10.0.0.7 2024-05-01T08:00:00.123Z "GET /v4/default/registry/microservices HTTP/1.1" 200 0 3',
    ]);
  });
});
