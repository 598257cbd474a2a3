import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RegistryClient } from '../../server/registry-client.ts';
import { ServerProcess } from '../../server/server-process.ts';
import type { PushViolation } from '../checker/violation.ts';
import type { PushLogEntry } from '../log/push-log.ts';
import { PushRecorder } from '../log/push-recorder.ts';
import { judgeLog } from './judge-log.ts';
import { planPushes, type PlannedStep, type PlannedWrite, type PushChannel } from './push-plan.ts';
import { RecordedRegistry } from './recorded-registry.ts';
import { soakFlags } from './soak-flags.ts';
import { SubscriberFleet } from './subscriber-fleet.ts';
import { writeBurst } from './write-burst.ts';

/** One run. */
export interface PushSoakOptions {
  /** Says what is done; the timing is the machine's. */
  readonly seed: number;
  readonly channels: readonly PushChannel[];
  /** Default 60. */
  readonly steps?: number;
}

/** What a run found. */
export interface PushSoakResult {
  readonly changes: number;
  readonly received: number;
  readonly disconnects: number;
  /** Streams that started over by themselves, and providers that a consumer had to find again. */
  readonly resets: number;
  readonly violations: readonly PushViolation[];
  /** Everything that was recorded. */
  readonly entries: readonly PushLogEntry[];
}

/** How many changes may wait for a subscriber: few, so that slow readers have to start over. */
const queueLimit = 20;
/** How many changes are there to go on from: so few that who was away for long has to start over. */
const logLimit = 500;

/**
 * Lets writers write and subscribers of all channels come, go, break and lag, as a seed says, on one server with an
 * embedded store; then waits until everybody is up to date, and judges what was recorded.
 *
 * @throws when a write fails
 */
export async function runPushSoak(options: PushSoakOptions): Promise<PushSoakResult> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'push-soak-'));
  try {
    await using server = await ServerProcess.start({
      dataDirectory,
      flags: soakFlags({ queueLimit, logLimit }),
    });
    return await soak(server.baseUrl, options);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

async function soak(baseUrl: string, options: PushSoakOptions): Promise<PushSoakResult> {
  const plan = planPushes({ ...options, steps: options.steps ?? 60 });
  const recorder = new PushRecorder();
  using client = new RegistryClient(baseUrl);
  const registry = new RecordedRegistry({ client, recorder, services: plan.services });
  for (const serviceId of ['front', 'back', 'cart', 'stock', 'brief'])
    await registry.change(serviceId);
  for (const { consumerId, provider } of plan.dependencies)
    await registry.depend(consumerId, provider);
  await using fleet = await SubscriberFleet.open({
    baseUrl,
    subscribers: plan.subscribers,
    recorder,
    registry,
  });
  const expiring = Promise.all(
    plan.expiring.map(({ serviceId, instanceId }) => registry.expire(serviceId, instanceId)),
  );
  for (const step of plan.steps) await perform(step, registry, fleet);
  await Promise.all([expiring, fleet.connectAll()]);
  await Promise.all(['cart', 'stock'].map((serviceId) => registry.change(serviceId, 'last')));
  await fleet.settled();
  const violations = await judgeLog(recorder.entries, registry);
  return {
    ...countOf(recorder.entries),
    changes: registry.changes,
    violations,
    entries: recorder.entries,
  };
}

async function perform(
  step: PlannedStep,
  registry: RecordedRegistry,
  fleet: SubscriberFleet,
): Promise<void> {
  const { writes, moves, depend, toggleBlock } = step;
  const lagging = moves.filter(({ kind }) => kind === 'lag').map(({ subscriber }) => subscriber);
  for (const subscriber of lagging) fleet.pause(subscriber);
  await Promise.all([
    ...writes.map((write) => performWrite(write, registry)),
    ...moves.map((move) => fleet.move(move)),
    ...(lagging.length > 0 ? [writeBurst(registry)] : []),
    depend && registry.depend(depend.consumerId, depend.provider),
    toggleBlock === undefined ? undefined : registry.toggleBlock(toggleBlock),
  ]);
  for (const subscriber of lagging) fleet.resume(subscriber);
}

async function performWrite(
  { serviceId, instanceId, kind }: PlannedWrite,
  registry: RecordedRegistry,
): Promise<void> {
  // An instance waits for its service, which another step registers.
  if (instanceId !== undefined && !registry.hasService(serviceId)) return;
  if (kind === 'change') await registry.change(serviceId, instanceId);
  else if (kind === 'delete') await registry.delete(serviceId, instanceId);
  else if (instanceId !== undefined) await registry.turn(serviceId, instanceId);
}

function countOf(
  entries: readonly PushLogEntry[],
): Pick<PushSoakResult, 'received' | 'disconnects' | 'resets'> {
  const counts = { received: 0, disconnects: 0, resets: 0 };
  for (const entry of entries) {
    if (entry.type === 'disconnect') counts.disconnects++;
    if (entry.type !== 'received') continue;
    counts.received++;
    const { frame } = entry;
    if (frame.kind === 'expire' || (frame.kind === 'reset' && frame.reason !== 'new'))
      counts.resets++;
  }
  return counts;
}
