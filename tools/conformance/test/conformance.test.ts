import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EtcdNode } from '@service-center/testbed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { consoleReport } from '../src/report/console-report.ts';
import { judgeOwnServer, onEtcd } from './own-server/judge-own-server.ts';
import { ownSetUps } from './own-server/set-ups.ts';

const nothingFailed = /\b[1-9]\d* passed, 0 failed\n$/;

describe('our server, as it comes', () => {
  it.each(ownSetUps)('$about', async (setUp) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'conformance-'));
    try {
      const summary = await judgeOwnServer(setUp, { dataDirectory });
      expect(consoleReport(summary)).toMatch(nothingFailed);
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe('our server on an etcd', () => {
  let etcd: EtcdNode;

  beforeAll(async () => {
    etcd = await EtcdNode.start({ flags: ['--unsafe-no-fsync'] });
  });

  afterAll(async () => {
    await etcd[Symbol.asyncDispose]();
  });

  it.each(ownSetUps)('$about', async (setUp) => {
    const summary = await judgeOwnServer(setUp, onEtcd([etcd.url]));
    expect(consoleReport(summary)).toMatch(nothingFailed);
  });
});
