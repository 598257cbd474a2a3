import { describe, expect, it } from 'vitest';

import { parseVersionRule, selectVersions } from './version-rule.ts';

// 1.1 to 1.10, in no order.
const registered = [3, 10, 1, 7, 5, 2, 9, 4, 8, 6].map((minor) => ({ version: `1.${minor}` }));
const all = ['1.10', '1.9', '1.8', '1.7', '1.6', '1.5', '1.4', '1.3', '1.2', '1.1'];

describe('a version rule', () => {
  it.each([
    ['1.4-1.8', ['1.7', '1.6', '1.5', '1.4']],
    ['1.8-1.4', ['1.7', '1.6', '1.5', '1.4']],
    ['1-2', all],
    ['1.4.1-1.9.1', ['1.9', '1.8', '1.7', '1.6', '1.5']],
    ['2-4', []],
    ['1.6+', ['1.10', '1.9', '1.8', '1.7', '1.6']],
    ['1.5.1+', ['1.10', '1.9', '1.8', '1.7', '1.6']],
    ['2+', []],
    ['1+', all],
    ['0+', all],
    ['0.0.0+', all],
    ['latest', ['1.10']],
    ['', all],
    ['1.5', ['1.5']],
    ['1.5.0', []],
    ['1.4-1.4', []],
  ])('%j selects from 1.1 to 1.10', (text, selected) => {
    expect(select(text, registered)).toEqual(selected);
  });

  it('selects nothing where nothing is', () => {
    for (const text of ['latest', '', '1.0', '0+', '0-1']) expect(select(text, [])).toEqual([]);
  });

  it('puts the newest first, with missing parts as zeros', () => {
    const versions = ['1.0.0.0', '1.0.1', '4', '1.10', '1.0.10', '1.0.9'];

    expect(
      select(
        '',
        versions.map((version) => ({ version })),
      ),
    ).toEqual(['4', '1.10', '1.0.10', '1.0.9', '1.0.1', '1.0.0.0']);
  });

  it('puts versions that are no numbers last, in their order', () => {
    const versions = ['abc', '1.0', '1.32768', '1.x', '0.1'];

    expect(
      select(
        '0+',
        versions.map((version) => ({ version })),
      ),
    ).toEqual(['1.0', '0.1', 'abc', '1.32768', '1.x']);
  });

  it('leaves the candidates alone', () => {
    const candidates = Object.freeze([{ version: '1' }, { version: '2' }]);

    expect(select('', candidates)).toEqual(['2', '1']);
    expect(candidates.map(({ version }) => version)).toEqual(['1', '2']);
  });

  it('reaches up to the largest version', () => {
    const largest = '32767.32767.32767.32767';

    expect(select(`${largest}+`, [{ version: largest }])).toEqual([largest]);
    expect(select(`0-${largest}`, [{ version: largest }, { version: '1' }])).toEqual(['1']);
  });

  it.each([
    ' ',
    '1.0.0.0.0',
    '1.0.0.0.0+',
    '1.',
    '.1',
    '1..2',
    'v1',
    '1.0 ',
    '+1',
    '1.0++',
    '1-',
    '-1',
    '1-2-3',
    '1-2+',
    'Latest',
    '32768',
    '1.32768+',
    '1-1.32768',
    '-1.0',
    '1.0\n',
    '١.٠',
  ])('is none of the forms in %j', (text) => {
    expect(parseVersionRule(text)).toBeUndefined();
  });
});

function select(text: string, candidates: readonly { readonly version: string }[]): string[] {
  const rule = parseVersionRule(text);
  if (rule === undefined) throw new Error(`'${text}' is no version rule`);
  return selectVersions(rule, candidates).map(({ version }) => version);
}
