import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkFreshness, RegistryClient, ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

it('no answer is older than what was acknowledged before it was asked for', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'freshness-'));
  await using server = await ServerProcess.start({ dataDirectory });
  using client = new RegistryClient(server.baseUrl);
  const { reads, stale } = await checkFreshness({ client, rounds: 500, concurrency: 10 });
  expect(stale).toEqual([]);
  expect(reads).toBe(2000);
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await rm(dataDirectory, { recursive: true });
});
