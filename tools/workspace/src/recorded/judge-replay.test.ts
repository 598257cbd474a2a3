import { describe, expect, it } from 'vitest';

import { judgeReplay } from './judge-replay.ts';
import { readReplayReport } from './replay-report.ts';

const accepted = [
  { folder: 'sc', scenario: 'find', step: 'batch', reason: 'on purpose' },
  { folder: 'other', scenario: 'find', step: 'alias', reason: 'on purpose' },
];

function judge(
  differentSteps: readonly string[],
  skippedSteps: readonly string[] = [],
): readonly string[] {
  return judgeReplay('sc', [{ name: 'find', differentSteps, skippedSteps }], accepted).findings;
}

function read(...steps: readonly unknown[]): unknown {
  return readReplayReport(JSON.stringify({ scenarios: [{ name: 'find', steps }] }));
}

describe('a replay', () => {
  it('passes with exactly the accepted differences', () => {
    const find = { name: 'find', differentSteps: ['batch'], skippedSteps: [] };
    expect(judgeReplay('sc', [find], accepted)).toEqual({ passed: 1, findings: [] });
  });

  it('fails with a difference that is not accepted', () => {
    expect(judge(['batch', 'alias'])).toEqual(['sc/find differs at alias']);
  });

  it('fails when an accepted difference is gone', () => {
    expect(judge([])).toEqual(['sc/find no longer differs at batch: accept it no more']);
  });

  it('passes when an accepted difference could not be compared', () => {
    expect(judge([], ['batch'])).toEqual([]);
  });

  it('fails when a scenario with accepted differences was not replayed', () => {
    expect(judgeReplay('sc', [], accepted).findings).toEqual(['sc/find was not replayed']);
  });
});

describe('the report of a replay', () => {
  it('names the steps that a client would notice, and those that could not be compared', () => {
    expect(
      read(
        { id: 'first', status: 'pass', diffs: [] },
        { id: 'second', status: 'hard', diffs: [{ path: 'status' }] },
        { id: 'third', status: 'soft', diffs: [{ path: 'body.detail' }] },
        { id: 'fourth', status: 'soft', diffs: [{ path: 'skipped' }] },
      ),
    ).toEqual([{ name: 'find', differentSteps: ['second'], skippedSteps: ['fourth'] }]);
  });

  it('names the steps whose stored values have other bytes, unless that is a known deviation', () => {
    expect(
      read(
        { id: 'order', status: 'soft', diffs: [{ path: 'kvs.0.$raw' }] },
        { id: 'known', status: 'known', diffs: [{ path: 'kvs.0.value' }, { path: 'kvs.0.$raw' }] },
      ),
    ).toEqual([{ name: 'find', differentSteps: ['order'], skippedSteps: [] }]);
  });

  it('is refused when it is of another form', () => {
    expect(() => readReplayReport('{"scenarios":[{}]}')).toThrow(TypeError);
  });
});
