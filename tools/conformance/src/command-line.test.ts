import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from './command-line.ts';

const parse = (...args: string[]): ReturnType<typeof parseCommandLine> =>
  parseCommandLine(args, () => 0.5);

describe('the command line', () => {
  it('has defaults for everything but the server', () => {
    expect(parse('--base', 'http://127.0.0.1:30100/')).toEqual({
      baseUrl: 'http://127.0.0.1:30100',
      only: [],
      profile: 'default',
      jobs: 8,
      seed: 2 ** 31,
      fuzzRequests: 0,
      settleMs: 0,
      deadlineMs: 10_000,
      reportPath: undefined,
    });
  });

  it('reads names by comma, numbers and files', () => {
    const args = [
      '--base=http://h',
      '--only=version,health',
      '--seed=7',
      '--fuzz=10',
      '--report=r',
    ];
    expect(parse(...args)).toMatchObject({
      only: ['version', 'health'],
      seed: 7,
      fuzzRequests: 10,
      reportPath: 'r',
    });
  });

  it('has nothing to do but to help', () => {
    expect(parse('--help')).toBeUndefined();
  });

  it.each([
    [[]],
    [['--base', 'nonsense']],
    [['--base', 'https://h']],
    [['--base', 'http://h', '--jobs', '0']],
    [['--base', 'http://h', '--seed', '1e3']],
    [['--base', 'http://h', '--fuzz', '-1']],
    [['--base', 'http://h', '--profile', 'other']],
    [['--base', 'http://h', '--unheard-of']],
  ])('cannot follow %j', (args) => {
    expect(() => parse(...args)).toThrow(UsageError);
  });
});
