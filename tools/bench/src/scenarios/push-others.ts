import { watcher } from '../load/channels/watcher.ts';
import { quantile } from '../machine/quantile.ts';
import { changeStatus, registerProviders, type PushProvider } from './push-parties.ts';
import { PushScene, subscribers } from './push-scene.ts';
import { atMost, type Scenario } from './scenario.ts';

const rounds = 5;
const changesPerRound = 200;

/** A provider changes that nobody watches, while all watch others. */
export const pushOthers: Scenario = {
  name: 'push-others',
  about: `processor time of a change while ${subscribers} websockets watch other providers`,
  async measure() {
    await using scene = await PushScene.prepare(1000);
    const [unwatched] = await registerProviders(scene.server.client, 'unwatched', 1);
    if (unwatched === undefined) throw new Error('no provider');
    await costOfChange(scene, unwatched);
    const aloneMs = await costOfChange(scene, unwatched);
    let pushes = 0;
    using crowd = await scene.subscribe(watcher, () => {
      pushes++;
    });
    await costOfChange(scene, unwatched);
    const costMs = await costOfChange(scene, unwatched);
    crowd.check();
    if (pushes > 0) throw new Error(`${pushes} pushes to subscribers of other providers`);
    const name = 'others: processor time of a change';
    return [atMost(name, costMs, 1, `without subscribers ${aloneMs.toFixed(2)}`)];
  },
};

/** The main thread's time for a change with all that belongs to it, milliseconds. */
async function costOfChange({ server }: PushScene, provider: PushProvider): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await server.begin();
    for (let change = 0; change < changesPerRound; change++) {
      await changeStatus(server.client, provider, change % 2 === 0 ? 'OUTOFSERVICE' : 'UP');
    }
    costs.push((await server.end()).mainThreadMs / changesPerRound);
  }
  return quantile(costs, 0.5);
}
