import { EtcdScene } from '../etcd/etcd-scene.ts';
import { monotonicMs } from '../machine/monotonic-time.ts';
import { quantile } from '../machine/quantile.ts';
import { changeStatus, registerProviders } from './push-parties.ts';
import { atMost, type Scenario } from './scenario.ts';

const changes = 500;
const wantedMs = 50;

/** What one server writes, another one answers. */
export const etcdVisibility: Scenario = {
  name: 'etcd-visibility',
  about: `${changes} changes through one server on etcd until they are in the answers of another`,
  async measure() {
    await using scene = await EtcdScene.prepare();
    const writer = scene.clientOf(await scene.startServer());
    const reader = scene.clientOf(await scene.startServer());
    const [provider] = await registerProviders(writer, 'provider', 1);
    if (provider === undefined) throw new Error('no provider');
    const { serviceName, instanceId } = provider;
    const untilVisible = async (status: string): Promise<number> => {
      for (;;) {
        const { instances } = await reader.find('testbed', serviceName, '');
        if (instances.get(instanceId) === status) return monotonicMs();
      }
    };
    const sinceAskedMs: number[] = [];
    const sinceAcknowledgedMs: number[] = [];
    for (let change = 0; change < changes; change++) {
      const status = change % 2 === 0 ? 'OUTOFSERVICE' : 'UP';
      const askedMs = monotonicMs();
      const visible = untilVisible(status);
      await changeStatus(writer, provider, status);
      const acknowledgedMs = monotonicMs();
      const visibleMs = await visible;
      sinceAskedMs.push(visibleMs - askedMs);
      sinceAcknowledgedMs.push(Math.max(0, visibleMs - acknowledgedMs));
    }
    return [
      atMost(
        'change to the answers of another, p99',
        quantile(sinceAcknowledgedMs, 0.99),
        wantedMs,
        `since it was asked for: ${quantile(sinceAskedMs, 0.99).toFixed(1)}, median ${quantile(sinceAskedMs, 0.5).toFixed(1)}`,
      ),
    ];
  },
};
