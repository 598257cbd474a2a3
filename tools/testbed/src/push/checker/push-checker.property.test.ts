import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../crash/seeded-random.ts';
import { IdealLog } from './ideal-log.ts';
import { PushChecker } from './push-checker.ts';
import * as spoilers from './spoilers.ts';
import type { Spoiler } from './spoilers.ts';
import type { ViolationKind } from './violation.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('the checker of push logs', () => {
  it('finds nothing wrong with a log of a registry as it ought to be', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(new PushChecker(IdealLog.of(seededRandom(seed))).check()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Spoiler, readonly ViolationKind[]]>([
    ['a change that is never told', spoilers.drop, ['gap', 'snapshot']],
    ['a gap between snapshot and tail', spoilers.dropAfterSnapshot, ['gap']],
    ['a resume that loses a change', spoilers.dropAfterResume, ['gap']],
    [
      'a resume that repeats a change',
      spoilers.repeatAfterResume,
      ['duplicate', 'outOfOrder', 'protocol'],
    ],
    ['a change that is told twice', spoilers.repeat, ['duplicate', 'outOfOrder']],
    ['two changes in the wrong order', spoilers.swap, ['outOfOrder', 'unknown']],
    ['two subscribers with different orders', spoilers.disagree, ['disagreement']],
    ['a change of a provider that is none of the subscriber’s', spoilers.foreign, ['foreign']],
    ['a stream that falls silent', spoilers.truncate, ['gap', 'view']],
    ['a change that nobody made', spoilers.invent, ['unknown']],
    ['an initial state that is over', spoilers.age, ['snapshot']],
    ['a registry that lost something', spoilers.forget, ['registry']],
  ])('catches %s', (_name, spoil, kinds) => {
    let spoiled = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = seededRandom(seed);
        const log = IdealLog.of(random);
        const bad = spoil(log, (choices) => choices[Math.floor(random() * choices.length)]);
        fc.pre(bad !== undefined);
        spoiled++;
        const found = new PushChecker(bad).check().map(({ kind }) => kind);
        expect(found.filter((kind) => kinds.includes(kind))).not.toEqual([]);
      }),
      { numRuns: 60, maxSkipsPerRun: 1000 },
    );
    expect(spoiled).toBeGreaterThanOrEqual(60);
  });
});
