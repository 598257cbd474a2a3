import { describe, expect, it } from 'vitest';

import { parseFindVersion, versionRuleId } from './find-version.ts';

describe('the version rule of a find', () => {
  it.each([
    ['', 'any'],
    ['latest', 'latest'],
    ['1.0.0', '=1.0.0'],
    ['0+', '0+'],
    ['0%2B', '0+'],
    ['0.0.0%2b', '0+'],
    ['2.0-1.0', `${1n << 48n}-${2n << 48n}`],
  ])('%j is %s', (text, id) => {
    expect(versionRuleId(parseFindVersion(text, 'apply'))).toBe(id);
  });

  it.each([' ', '+', '%2B', '1..0', '1.0.0.0.0', '32768', '1.0-1.32768', 'Latest', '1%252B'])(
    '%j is refused, or means every version where rules are ignored',
    (text) => {
      expect(() => parseFindVersion(text, 'apply')).toThrow(/FindInstancesRequest\.VersionRule/);
      expect(parseFindVersion(text, 'ignore')).toEqual({ kind: 'any' });
    },
  );

  it('is ignored even when it is right, where rules are ignored', () => {
    expect(parseFindVersion('1.0.0', 'ignore')).toEqual({ kind: 'any' });
  });
});
