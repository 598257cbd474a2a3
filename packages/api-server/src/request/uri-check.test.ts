import { describe, expect, it } from 'vitest';

import { isRefusedUri } from './uri-check.ts';

describe('isRefusedUri', () => {
  it.each(['', '/a;', '/a&', '/a?', '/a+', '/a@', './a', '/a?x=rest://h', `/${'a'.repeat(2047)}`])(
    'refuses %s',
    (uri) => {
      expect(isRefusedUri(uri)).toBe(true);
    },
  );

  it.each(['/', '/a?x=1.0.0%2B', '/a?x=a;b&y=c+d@e?f&z=1', `/${'a'.repeat(2046)}`])(
    'takes %s',
    (uri) => {
      expect(isRefusedUri(uri)).toBe(false);
    },
  );
});
