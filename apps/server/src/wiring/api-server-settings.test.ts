import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';

import { loadConfiguration } from '../configuration/index.ts';
import { apiServerSettings } from './api-server-settings.ts';

it.each([
  ['1s', 1000],
  ['5s', 5000],
  ['1h', 3_600_000],
  ['999ms', 30_000],
  ['0s', 30_000],
  ['61m', 30_000],
])('asks for heartbeats over a websocket every %s as every %i ms', (text, ms) => {
  const configuration = loadConfiguration({
    flags: {},
    environment: { HEARTBEAT_WEBSOCKET_PING_INTERVAL: text },
    workingDirectory: tmpdir(),
  });
  expect(apiServerSettings(configuration).heartbeatPingIntervalMs).toBe(ms);
});
