import { describe, expect, it } from 'vitest';

import { judgeReplay } from './judge-replay.ts';
import { readReplayReport } from './replay-report.ts';

const accepted = [
  { folder: 'sc', scenario: 'find', step: 'batch', reason: 'on purpose' },
  { folder: 'other', scenario: 'find', step: 'alias', reason: 'on purpose' },
];

function judge(differentSteps: readonly string[]): readonly string[] {
  return judgeReplay('sc', [{ name: 'find', differentSteps }], accepted).findings;
}

describe('a replay', () => {
  it('passes with exactly the accepted differences', () => {
    expect(judgeReplay('sc', [{ name: 'find', differentSteps: ['batch'] }], accepted)).toEqual({
      passed: 1,
      findings: [],
    });
  });

  it('fails with a difference that is not accepted', () => {
    expect(judge(['batch', 'alias'])).toEqual(['sc/find differs at alias']);
  });

  it('fails when an accepted difference is gone', () => {
    expect(judge([])).toEqual(['sc/find no longer differs at batch: accept it no more']);
  });

  it('fails when a scenario with accepted differences was not replayed', () => {
    expect(judgeReplay('sc', [], accepted).findings).toEqual(['sc/find was not replayed']);
  });
});

describe('the report of a replay', () => {
  it('names the steps that a client would notice', () => {
    const json = JSON.stringify({
      scenarios: [
        {
          name: 'find',
          steps: [
            { id: 'first', status: 'pass' },
            { id: 'second', status: 'hard' },
            { id: 'third', status: 'soft' },
          ],
        },
      ],
    });
    expect(readReplayReport(json)).toEqual([{ name: 'find', differentSteps: ['second'] }]);
  });

  it('is refused when it is of another form', () => {
    expect(() => readReplayReport('{"scenarios":[{}]}')).toThrow(TypeError);
  });
});
