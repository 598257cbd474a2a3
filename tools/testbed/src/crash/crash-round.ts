import { DiskFaults } from '../faults/disk-faults.ts';
import { RegistryClient } from '../server/registry-client.ts';
import { ServerProcess } from '../server/server-process.ts';
import { loadRegistrations } from './registration-load.ts';

/** What happens to the server in the middle of the load. */
export type Crash = 'kill' | 'power-cut';

/** One round: load, crash, restart, look. */
export interface CrashRoundOptions {
  readonly dataDirectory: string;
  readonly crash: Crash;
  readonly instances: number;
  readonly concurrency: number;
  /** The crash comes when this many registrations are acknowledged. */
  readonly crashAfter: number;
  /** Names the round's instances; with a power cut, picks which unsynced writes survive. */
  readonly seed: number;
}

/** What a round found. */
export interface CrashRoundResult {
  readonly acknowledged: number;
  readonly unanswered: number;
  /** Acknowledged instances that the restarted server does not list: must be empty. */
  readonly lost: readonly string[];
  /** Instances that are listed but cannot be renewed, or the other way round: must be empty. */
  readonly halves: readonly string[];
  readonly restartMs: number;
}

/**
 * Registers instances, takes the server down hard in the middle, starts it again on the same directory and compares
 * what it knows with what it had acknowledged.
 */
export async function runCrashRound(options: CrashRoundOptions): Promise<CrashRoundResult> {
  const { acknowledged, unanswered, serviceId } = await loadAndCrash(options);
  await using server = await ServerProcess.start({ dataDirectory: options.dataDirectory });
  using client = new RegistryClient(server.baseUrl);
  const listed = new Set(
    (await client.listInstances(serviceId)).map((instance) => instance.instanceId),
  );
  const halves: string[] = [];
  const sent = [...acknowledged, ...unanswered];
  await Promise.all(
    sent.map(async (instanceId) => {
      const isAlive = await client.heartbeat(serviceId, instanceId);
      if (isAlive !== listed.has(instanceId)) halves.push(instanceId);
    }),
  );
  return {
    acknowledged: acknowledged.size,
    unanswered: unanswered.size,
    lost: [...acknowledged].filter((instanceId) => !listed.has(instanceId)),
    halves,
    restartMs: server.startMs,
  };
}

async function loadAndCrash(options: CrashRoundOptions): Promise<{
  readonly acknowledged: ReadonlySet<string>;
  readonly unanswered: ReadonlySet<string>;
  readonly serviceId: string;
}> {
  await using faults = await DiskFaults.prepare({
    directory: options.dataDirectory,
    seed: options.seed,
  });
  await using server = await ServerProcess.start({
    dataDirectory: options.dataDirectory,
    environment: options.crash === 'power-cut' ? faults.environment : {},
  });
  using client = new RegistryClient(server.baseUrl, options.concurrency);
  const serviceId = await client.registerService('crash');
  let crash: Promise<void> | undefined;
  const outcome = await loadRegistrations({
    client,
    serviceId,
    prefix: `round-${options.seed}`,
    instances: options.instances,
    concurrency: options.concurrency,
    onAcknowledged: (count) => {
      if (count < options.crashAfter) return;
      crash ??= options.crash === 'kill' ? kill(server.pid) : faults.cutPower();
    },
  });
  await crash;
  await server.ended;
  return { ...outcome, serviceId };
}

async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
}
