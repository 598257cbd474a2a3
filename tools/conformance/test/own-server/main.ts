// Judges a server of ours on an etcd cluster, in every set-up.

import { parseArgs } from 'node:util';

import { EtcdCluster } from '@service-center/testbed';

import { consoleReport } from '../../src/report/console-report.ts';
import { judgeOwnServer, onEtcd } from './judge-own-server.ts';
import { ownSetUps } from './set-ups.ts';

const { values } = parseArgs({ options: { members: { type: 'string', default: '3' } } });

await using cluster = await EtcdCluster.start({ members: Number(values.members) });
let failed = 0;
for (const setUp of ownSetUps) {
  const summary = await judgeOwnServer(setUp, onEtcd(cluster.urls));
  process.stdout.write(`${setUp.profile}\n${consoleReport(summary)}\n`);
  failed += summary.failed;
}
process.exitCode = failed === 0 ? 0 : 1;
