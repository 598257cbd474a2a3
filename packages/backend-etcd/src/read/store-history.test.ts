import { silentLogger } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import { StoreHistory, type AnswerHeader } from './store-history.ts';

function header(revision: number, given: Partial<AnswerHeader> = {}): AnswerHeader {
  return {
    cluster_id: '14841639068965178418',
    member_id: '1',
    raft_term: '5',
    revision: String(revision),
    ...given,
  };
}

class Rig {
  replacements = 0;
  readonly history = new StoreHistory({
    header: header(100),
    logger: silentLogger,
    onReplaced: () => {
      this.replacements++;
    },
  });

  /** Asks and is answered. */
  hears(answer: AnswerHeader): void {
    this.history.observe(answer, this.history.mark());
  }
}

it('is named by the id of the cluster, all 64 bits of it', () => {
  expect(new Rig().history.epoch).toBe('cdf818194e3a8c32');
});

it('stays the same while the store moves on', () => {
  const rig = new Rig();
  rig.hears(header(100));
  rig.hears(header(120, { member_id: '2', raft_term: '4' }));
  rig.hears(header(120, { member_id: '3', raft_term: '7' }));
  rig.hears(header(121, { member_id: '2', raft_term: '7' }));

  expect(rig.replacements).toBe(0);
});

it('is not led astray by answers that overtake each other', () => {
  const rig = new Rig();
  const mark = rig.history.mark();
  rig.history.observe(header(110, { raft_term: '6' }), mark);
  rig.history.observe(header(105), mark);

  expect(rig.replacements).toBe(0);
});

it.for([
  ['a revision behind one that was seen', header(99)],
  ['a member behind its own term', header(200, { raft_term: '2' })],
  ['another cluster', header(200, { cluster_id: '1', member_id: '9' })],
] as const)('is another one after %s', ([, answer]) => {
  const rig = new Rig();
  const { epoch } = rig.history;
  rig.hears(answer);

  expect(rig.replacements).toBe(1);
  expect(rig.history.epoch).not.toBe(epoch);
  rig.hears(answer);
  expect(rig.replacements).toBe(1);
});

it('ignores what the old store still answers to earlier questions', () => {
  const rig = new Rig();
  const early = rig.history.mark();
  rig.hears(header(3));
  const { epoch } = rig.history;
  rig.history.observe(header(130), early);
  rig.hears(header(4));

  expect(rig.replacements).toBe(1);
  expect(rig.history.epoch).toBe(epoch);
});
