import { EtcdScene } from '../etcd/etcd-scene.ts';
import { measureRawRate } from '../etcd/raw-rate.ts';
import { repeatLoad } from '../load/repeat-load.ts';
import { median } from '../machine/sync-latency.ts';
import type { Scenario } from './scenario.ts';

const instances = 1000;
const connections = 50;
const wantedRate = 15_000;
const wantedRatio = 3;
/** Long enough to compile what runs often, and for the server to make etcd forget the registrations. */
const warmUpSeconds = 4;
const longLease = { interval: 600, times: 3 };

/** Many instances prove that they are alive, each hanging on a lease of its own in etcd. */
export const etcdHeartbeat: Scenario = {
  name: 'etcd-heartbeat',
  about: `heartbeats of ${instances} instances on etcd, and a plain client with a stream for each keep-alive`,
  async measure({ seconds, rounds }) {
    await using scene = await EtcdScene.prepare();
    const { url } = scene.etcd;
    const server = await scene.startServer();
    const client = scene.clientOf(server);
    const serviceId = await client.registerService('provider');
    const ids = Array.from({ length: instances }, (_, index) => `instance-${index}`);
    await Promise.all(ids.map((id) => client.registerInstance(serviceId, id, longLease)));
    const service = `/v4/default/registry/microservices/${serviceId}`;
    const load = {
      baseUrl: server.baseUrl,
      request: { method: 'PUT', path: service, headers: { 'X-Domain-Name': 'default' } },
      paths: ids.map((id) => `${service}/instances/${id}/heartbeat`),
      connections,
    } as const;
    await repeatLoad({ ...load, seconds: warmUpSeconds });
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await repeatLoad({ ...load, seconds }));
      theirs.push(
        await measureRawRate('raw-keep-alives', { url, concurrency: connections, seconds }),
      );
    }
    const rate = median(ours);
    const ratio = median(ours.map((our, round) => our / (theirs[round] ?? 0)));
    return [
      {
        name: 'heartbeat on etcd',
        measured: `${Math.round(rate)}/s`,
        wanted: `>= ${wantedRate}/s`,
        isReached: rate >= wantedRate,
      },
      {
        name: 'heartbeat on etcd to a stream each',
        measured: `${ratio.toFixed(1)} times ${Math.round(median(theirs))}/s`,
        wanted: `>= ${wantedRatio} times`,
        isReached: ratio >= wantedRatio,
      },
    ];
  },
};
