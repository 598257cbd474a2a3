import { Metadata } from '@grpc/grpc-js';
import { ManualClock } from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import { loadRpcMethods } from '../rpc/rpc-method.ts';
import { channelSecurity } from './channel-security.ts';
import { Endpoint } from './endpoint.ts';

it('takes no calls and streams once it is closed, and does not connect again', async () => {
  const address = { host: '127.0.0.1', target: '127.0.0.1:1', isSecure: false };
  const clock = new ManualClock();
  const endpoint = new Endpoint({ address, security: channelSecurity(address), clock });
  endpoint.close();

  const { status, watch } = loadRpcMethods();
  const metadata = new Metadata();
  const handlers = { onResponse: () => undefined, onEnd: () => undefined };
  const calling = endpoint.call(status, {}, { metadata, timeoutMs: 1000 });
  await expect(calling).rejects.toMatchObject({ failure: 'unavailable' });
  expect(() => endpoint.open(watch, metadata, handlers)).toThrow('is closed');
  expect(() => endpoint.openKeepAlive(metadata, handlers)).toThrow('is closed');
  expect(await endpoint.connect(1000, new AbortController().signal)).toBe(false);
  expect(endpoint.isConnected).toBe(false);
  expect(clock.pendingTimers).toBe(0);
});
