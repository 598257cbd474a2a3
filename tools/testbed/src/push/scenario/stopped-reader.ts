import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FieldReader } from '@service-center/sdcommon';

import { RegistryClient } from '../../server/registry-client.ts';
import { ServerProcess } from '../../server/server-process.ts';
import type { PushViolation } from '../checker/violation.ts';
import type { PushLogEntry } from '../log/push-log.ts';
import { PushRecorder } from '../log/push-recorder.ts';
import { ReaderProcess } from '../reader/reader-process.ts';
import { judgeLog } from '../soak/judge-log.ts';
import { pushChannels } from '../soak/push-plan.ts';
import { RecordedRegistry } from '../soak/recorded-registry.ts';
import { soakFlags } from '../soak/soak-flags.ts';
import { SubscriberFleet } from '../soak/subscriber-fleet.ts';
import { waitUntil } from '../soak/wait-until.ts';
import { writeBurst } from '../soak/write-burst.ts';
import { openShop, shopServices, shopViews } from './shop.ts';

/** What the push trace shows of one delivery. */
export interface TracedDelivery {
  readonly subscriber: string;
  readonly channel: string;
  readonly state: string;
  /** Whether it has a time for each step that the state implies. */
  readonly isTimed: boolean;
}

/** What a stopped reader led to. */
export interface StoppedReaderResult {
  /** The longest that a change took to those that read, from the answer to its writer, milliseconds. */
  readonly slowestMs: number;
  /** What the trace shows, while one reader of each channel stands, of a change that came when it had long stopped. */
  readonly deliveries: readonly TracedDelivery[];
  /** What it all came to when the readers had gone on. */
  readonly violations: readonly PushViolation[];
}

const probes = 20;
const patienceMs = 20_000;

/**
 * Stops one reader of each channel by SIGSTOP while others read on, writes more than the system buffers for it, looks
 * how long the others wait and what the push trace shows, and lets the readers go on.
 */
export async function runStoppedReader(): Promise<StoppedReaderResult> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'stopped-reader-'));
  try {
    await using server = await ServerProcess.start({ dataDirectory, flags: soakFlags() });
    return await stopReaders(server.baseUrl);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

async function stopReaders(baseUrl: string): Promise<StoppedReaderResult> {
  using client = new RegistryClient(baseUrl);
  const receipts = new Receipts();
  const recorder = new PushRecorder({
    onEntry: (entry) => {
      receipts.take(entry);
    },
  });
  const registry = new RecordedRegistry({ client, recorder, services: shopServices });
  await openShop(registry);
  const subscribers = pushChannels.map((channel) => ({ name: channel, view: shopViews[channel] }));
  await using _fleet = await SubscriberFleet.open({ baseUrl, subscribers, recorder, registry });
  await using readers = new AsyncDisposableStack();
  const stopped = pushChannels.map((channel, index) =>
    readers.use(
      new ReaderProcess({
        name: `stopped ${channel}`,
        channel,
        baseUrl,
        recorder,
        firstNumber: 1_000_000 * (index + 1),
      }),
    ),
  );
  const everybody = [...pushChannels, ...pushChannels.map((channel) => `stopped ${channel}`)];
  // What a reader records comes here a little later: nothing is written before it is there.
  if (!(await waitUntil(() => receipts.areOpen(everybody), patienceMs)))
    throw new Error('not everybody was let in');
  await registry.change('cart', 'probe');
  if (!(await waitUntil(() => receipts.haveAll(everybody), patienceMs)))
    throw new Error('not everybody was told of the first change');

  for (const reader of stopped) reader.pause();
  const bursting = writeBurst(registry);
  const slowestMs = await probe(registry, receipts);
  await bursting;
  const afterMs = await probe(registry, receipts);
  const deliveries = await readDeliveries(client);
  for (const reader of stopped) reader.resume();
  const violations = await judgeLog(recorder.entries, registry);
  return { slowestMs: Math.max(slowestMs, afterMs), deliveries, violations };
}

/** Writes one change after the other, each when all who read have the one before. */
async function probe(registry: RecordedRegistry, receipts: Receipts): Promise<number> {
  let slowestMs = 0;
  for (let written = 0; written < probes; written++) {
    await registry.change('cart', 'probe');
    const startedMs = performance.now();
    await waitUntil(() => receipts.haveAll(pushChannels), patienceMs);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  return slowestMs;
}

/** Who has received the latest change of the probe. */
class Receipts {
  readonly #names = new Map<number, string>();
  readonly #open = new Set<string>();
  readonly #received = new Set<string>();
  #state = '';

  take(entry: PushLogEntry): void {
    if (entry.type === 'connect') this.#names.set(entry.connection, entry.subscriber);
    if (entry.type === 'open') this.#open.add(this.#names.get(entry.connection) ?? '');
    if (entry.type === 'write') {
      const change = entry.changes.find(({ instanceId }) => instanceId === 'probe');
      if (change === undefined) return;
      this.#state = change.state;
      this.#received.clear();
    }
    if (entry.type !== 'received' || entry.frame.kind !== 'change') return;
    if (entry.frame.instanceId === 'probe' && entry.frame.state === this.#state)
      this.#received.add(this.#names.get(entry.connection) ?? '');
  }

  areOpen(names: readonly string[]): boolean {
    return names.every((name) => this.#open.has(name));
  }

  haveAll(names: readonly string[]): boolean {
    return names.every((name) => this.#received.has(name));
  }
}

/** The deliveries of the latest change of the probe. */
async function readDeliveries(client: RegistryClient): Promise<readonly TracedDelivery[]> {
  const answer = await client.send('GET', '/v4/default/admin/pushes?instanceId=probe&limit=1');
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body}`);
  const [push] = FieldReader.parse(answer.body).structList('pushes', (fields) =>
    fields.structList('deliveries', readDelivery),
  );
  return push ?? [];
}

/** The times that each state implies. */
const timesOf: Readonly<Record<string, readonly string[]>> = {
  queued: ['queuedAt'],
  sent: ['queuedAt', 'sentAt'],
  acknowledged: ['queuedAt', 'sentAt', 'acknowledgedAt'],
  dropped: ['queuedAt', 'droppedAt', 'reason'],
};

function readDelivery(fields: FieldReader): TracedDelivery {
  const state = fields.text('state');
  return {
    subscriber: fields.text('subscriber'),
    channel: fields.text('channel'),
    state,
    isTimed: timesOf[state]?.every((name) => fields.has(name)) ?? false,
  };
}
