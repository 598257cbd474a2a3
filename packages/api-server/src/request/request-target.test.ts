import { describe, expect, it } from 'vitest';

import {
  cleanPath,
  encodePath,
  encodeSegments,
  isCleanPath,
  parseRequestTarget,
} from './request-target.ts';

describe('parseRequestTarget', () => {
  it('splits at the first question mark', () => {
    expect(parseRequestTarget('/a/b?c=d?e')).toEqual({ path: '/a/b', rawQuery: 'c=d?e' });
    expect(parseRequestTarget('/a')).toEqual({ path: '/a', rawQuery: '' });
  });

  it('decodes the path, slashes included', () => {
    expect(parseRequestTarget('/a%2Fb/%e4%b8%ad')?.path).toBe('/a/b/中');
  });

  it.each(['/%zz', '/%', '/%4', '/a%2'])('refuses the broken escape in %s', (url) => {
    expect(parseRequestTarget(url)).toBeUndefined();
  });

  it('does not look at escapes of the query', () => {
    expect(parseRequestTarget('/a?x=%zz')).toEqual({ path: '/a', rawQuery: 'x=%zz' });
  });

  it('takes bytes that are not UTF-8', () => {
    expect(parseRequestTarget('/%ff')?.path).toBe('/\ufffd');
  });
});

describe('cleanPath', () => {
  it.each([
    ['/v4/default//registry/version', '/v4/default/registry/version'],
    ['/v4/./default', '/v4/default'],
    ['/v4/x/../default', '/v4/default'],
    ['/a//', '/a/'],
    ['/a/.', '/a'],
    ['/../..', '/'],
    ['//', '/'],
    ['', '/'],
    ['a', '/a'],
  ])('turns %s into %s', (path, cleaned) => {
    expect(isCleanPath(path)).toBe(false);
    expect(cleanPath(path)).toBe(cleaned);
  });

  it.each(['/', '/a', '/a/', '/.a/b..', '/a/...'])('leaves %s as it is', (path) => {
    expect(isCleanPath(path)).toBe(true);
    expect(cleanPath(path)).toBe(path);
  });
});

describe('encodePath', () => {
  it('escapes what would end the path or leave the header', () => {
    expect(encodePath('/a?b#c d\r\n中')).toBe('/a%3Fb%23c%20d%0D%0A%E4%B8%AD');
  });
});

describe('encodeSegments', () => {
  it('keeps slashes and escapes everything else that is special', () => {
    expect(encodeSegments('/a/b?c%d')).toBe('/a/b%3Fc%25d');
  });
});
