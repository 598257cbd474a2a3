import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ProcessEnd } from '../../process/process-end.ts';
import { RegistryClient } from '../../server/registry-client.ts';
import { ServerProcess } from '../../server/server-process.ts';
import type { PushViolation } from '../checker/violation.ts';
import type { PushLogEntry } from '../log/push-log.ts';
import { PushRecorder } from '../log/push-recorder.ts';
import { judgeLog } from '../soak/judge-log.ts';
import type { PushChannel } from '../soak/push-plan.ts';
import { RecordedRegistry } from '../soak/recorded-registry.ts';
import { soakFlags } from '../soak/soak-flags.ts';
import { SubscriberFleet } from '../soak/subscriber-fleet.ts';
import { waitUntil } from '../soak/wait-until.ts';
import { openShop, shopServices, shopViews } from './shop.ts';

/** What a restart found. */
export interface ServerRestartResult {
  readonly end: ProcessEnd;
  /** Subscribers that were not told that the server goes. */
  readonly untold: readonly string[];
  /** Subscribers that were still connected when the server had ended. */
  readonly leftBehind: readonly string[];
  readonly violations: readonly PushViolation[];
}

const downMs = 10_000;

/** Stops a server that has subscribers, starts it again on its store, and lets them come back. */
export async function runServerRestart(
  channels: readonly PushChannel[],
): Promise<ServerRestartResult> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'server-restart-'));
  try {
    return await restart(dataDirectory, channels);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

async function restart(
  dataDirectory: string,
  channels: readonly PushChannel[],
): Promise<ServerRestartResult> {
  const flags = soakFlags();
  await using server = await ServerProcess.start({ dataDirectory, flags });
  const { baseUrl } = server;
  using client = new RegistryClient(baseUrl);
  const recorder = new PushRecorder();
  const { entries } = recorder;
  const registry = new RecordedRegistry({ client, recorder, services: shopServices });
  await openShop(registry);
  const subscribers = channels.map((channel) => ({ name: channel, view: shopViews[channel] }));
  await using fleet = await SubscriberFleet.open({ baseUrl, subscribers, recorder, registry });
  await registry.change('cart', 'one');
  await waitUntil(() => toldBy(entries, 'change', 'synchronized').size === channels.length, downMs);
  await fleet.settled();

  const end = await server.end('SIGTERM');
  await waitUntil(() => fleet.connected.length === 0, downMs);
  const leftBehind = fleet.connected;
  const told = toldBy(entries, 'leave');
  const untold = channels.filter((channel) => !told.has(channel));

  const port = Number(new URL(baseUrl).port);
  await using _restarted = await ServerProcess.start({ dataDirectory, flags, port });
  await fleet.connectAll();
  await registry.change('cart', 'one');
  await fleet.settled();
  const violations = await judgeLog(entries, registry);
  return { end, untold, leftBehind, violations };
}

/** The subscribers that received a frame of one of these kinds. */
function toldBy(
  entries: readonly PushLogEntry[],
  ...kinds: readonly string[]
): ReadonlySet<string> {
  const names = new Map<number, string>();
  const told = new Set<string>();
  for (const entry of entries) {
    if (entry.type === 'connect') names.set(entry.connection, entry.subscriber);
    if (entry.type === 'received' && kinds.includes(entry.frame.kind))
      told.add(names.get(entry.connection) ?? '');
  }
  return told;
}
