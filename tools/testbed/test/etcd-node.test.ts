import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { EtcdNode } from '@service-center/testbed';
import { describe, expect, it } from 'vitest';

describe('EtcdNode', () => {
  it('keeps its data and its address over a stop, a kill and a restart', async () => {
    await using node = await EtcdNode.start();
    const { url } = node;
    await node.etcdctl('put', 'a', '1');
    expect(await node.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(node.isRunning).toBe(false);
    expect(await node.gateway.isHealthy()).toBe(false);
    await node.start();
    expect(await node.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    await node.restart();
    expect(node.url).toBe(url);
    expect(await node.etcdctl('get', '--print-value-only', 'a')).toBe('1\n');
  });

  it('keeps connections silent while it is paused, and can be stopped then', async () => {
    await using node = await EtcdNode.start();
    node.pause();
    const answer = fetch(`${node.url}/health`, { signal: AbortSignal.timeout(300) });
    await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
    node.resume();
    await node.waitUntilHealthy();
    node.pause();
    expect(await node.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('goes with its data when it is disposed of', async () => {
    const node = await EtcdNode.start();
    const { dataDirectory, pid } = node;
    expect(existsSync(dataDirectory)).toBe(true);
    await node[Symbol.asyncDispose]();
    expect(existsSync(dirname(dataDirectory))).toBe(false);
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
  });

  it('tells what etcd wrote when it does not start', async () => {
    await expect(EtcdNode.start({ flags: ['--no-such-flag'] })).rejects.toThrow(
      /ended before it was healthy:\n.*no-such-flag/s,
    );
  });
});
