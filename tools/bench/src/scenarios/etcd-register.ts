import { EtcdScene } from '../etcd/etcd-scene.ts';
import { measureRawRate } from '../etcd/raw-rate.ts';
import { registerFor } from '../load/registration-load.ts';
import { median, measureSyncLatencyMs } from '../machine/sync-latency.ts';
import type { Figure, Scenario } from './scenario.ts';

const concurrency = 100;
const wantedShare = 0.7;

/** New instances arrive, and a plain client writes the same to the same etcd. */
export const etcdRegister: Scenario = {
  name: 'etcd-register',
  about: `register new instances on ${concurrency} connections on etcd, and a plain client that writes the same`,
  async measure({ seconds, rounds }) {
    await using scene = await EtcdScene.prepare();
    const { url } = scene.etcd;
    const syncLatencyMs = await measureSyncLatencyMs(scene.etcd.dataDirectory);
    const server = await scene.startServer();
    const client = scene.clientOf(server);
    const raw = { url, concurrency, seconds };
    await registerFor(2, server.baseUrl, await client.registerService('warm'));
    const ours: number[] = [];
    const registrations: number[] = [];
    const transactions: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const serviceId = await client.registerService(`growing-${round}`);
      ours.push(await registerFor(seconds, server.baseUrl, serviceId));
      registrations.push(await measureRawRate('raw-registrations', raw));
      transactions.push(await measureRawRate('raw-transactions', raw));
    }
    const rate = `${Math.round(median(ours))}/s, a sync takes ${syncLatencyMs.toFixed(2)} ms`;
    return [
      shareOf('register on etcd to lease and transaction', ours, registrations, rate, wantedShare),
      shareOf('register on etcd to the transaction alone', ours, transactions, rate, undefined),
    ];
  },
};

function shareOf(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  detail: string,
  wanted: number | undefined,
): Figure {
  const share = median(ours.map((our, round) => our / (theirs[round] ?? 0)));
  return {
    name,
    measured: `${(share * 100).toFixed(1)} % of ${Math.round(median(theirs))}/s (${detail})`,
    wanted: wanted === undefined ? '' : `>= ${(wanted * 100).toFixed(0)} %`,
    isReached: wanted === undefined || share >= wanted,
  };
}
