import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RegistryClient } from '../../server/registry-client.ts';
import { ServerProcess } from '../../server/server-process.ts';
import type { PushViolation } from '../checker/violation.ts';
import { createSubscriber } from '../client/create-subscriber.ts';
import { PushRecorder } from '../log/push-recorder.ts';
import { judgeLog } from '../soak/judge-log.ts';
import type { PushChannel } from '../soak/push-plan.ts';
import { RecordedRegistry } from '../soak/recorded-registry.ts';
import { soakFlags } from '../soak/soak-flags.ts';
import { openShop, shopServices, shopViews } from './shop.ts';

/** What a storm found. */
export interface ConnectStormResult {
  /** How many were let in. */
  readonly connected: number;
  /** From the first connect until all were answered. */
  readonly connectMs: number;
  readonly violations: readonly PushViolation[];
}

/**
 * Lets many subscribers of one provider connect at once while its instance changes, and judges what they are told.
 *
 * @param connects - each takes a file descriptor here and one in the server
 */
export async function runConnectStorm(
  channel: PushChannel,
  connects: number,
): Promise<ConnectStormResult> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'connect-storm-'));
  try {
    await using server = await ServerProcess.start({ dataDirectory, flags: soakFlags() });
    return await storm(server.baseUrl, channel, connects);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

async function storm(
  baseUrl: string,
  channel: PushChannel,
  connects: number,
): Promise<ConnectStormResult> {
  using client = new RegistryClient(baseUrl);
  const recorder = new PushRecorder();
  const registry = new RecordedRegistry({ client, recorder, services: shopServices });
  await openShop(registry);
  const view = shopViews[channel];
  const subscribers = Array.from({ length: connects }, (_, index) =>
    createSubscriber({ name: `${channel} ${index}`, view, baseUrl, recorder, registry }),
  );
  const startedMs = performance.now();
  const over = new AbortController();
  const changing = keepChanging(registry, over.signal);
  await Promise.all(subscribers.map((subscriber) => subscriber.connect()));
  const connectMs = performance.now() - startedMs;
  over.abort();
  await changing;
  const connected = subscribers.filter(({ isConnected }) => isConnected).length;
  const violations = await judgeLog(recorder.entries, registry);
  await Promise.all(subscribers.map((subscriber) => subscriber.leave()));
  await Promise.all(subscribers.map((subscriber) => subscriber.settled()));
  return { connected, connectMs, violations };
}

async function keepChanging(registry: RecordedRegistry, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await registry.change('cart', 'one');
}
