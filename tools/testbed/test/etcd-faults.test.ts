import { etcdFaults, runFaultRound } from '@service-center/testbed';
import { describe, expect, it } from 'vitest';

/** Each round is half a dozen processes, which wait most of the time; more at once would only fight for the machine. */
describe.concurrent('servers over etcd lose nothing and drop nobody', () => {
  for (const [index, fault] of etcdFaults.entries()) {
    it(`through ${fault.name}`, { timeout: 170_000 }, async () => {
      const figures = await runFaultRound({ fault, seed: index + 1 });
      expect(figures.acknowledged).toBeGreaterThan(0);
      expect(figures.heartbeats).toBeGreaterThan(0);
      expect(figures.pushed).toBeGreaterThan(0);
      expect({
        lost: figures.lost,
        dropped: figures.dropped,
        problems: figures.problems,
      }).toEqual({ lost: [], dropped: [], problems: [] });
    });
  }
});
