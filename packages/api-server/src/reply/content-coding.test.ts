import { describe, expect, it } from 'vitest';

import { acceptsGzip } from './content-coding.ts';

describe('acceptsGzip', () => {
  it.each(['gzip', 'GZIP, br'.toLowerCase(), 'deflate, gzip;q=0.5', 'br,gzip ;q=1'])(
    'is true for %s',
    (accepted) => {
      expect(acceptsGzip(accepted)).toBe(true);
    },
  );

  it.each(['', 'identity', '*', 'br', 'gzip;q=0', 'gzip; q=0.0', 'x-gzip2', 'notgzip'])(
    'is false for %s',
    (accepted) => {
      expect(acceptsGzip(accepted)).toBe(false);
    },
  );
});
