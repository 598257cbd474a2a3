import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { TokenBucket } from './token-bucket.ts';

function taken(bucket: TokenBucket): number {
  let count = 0;
  while (bucket.take()) count++;
  return count;
}

describe('a token bucket', () => {
  it('gives what it holds, then what comes back, and never more than it has room for', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket({ clock, capacity: 5, perSecond: 2 });
    expect(taken(bucket)).toBe(5);
    await clock.advance(1000);
    expect(taken(bucket)).toBe(2);
    await clock.advance(60_000);
    expect(taken(bucket)).toBe(5);
  });

  it('can begin with less, and be filled', () => {
    const bucket = new TokenBucket({
      clock: new ManualClock(),
      capacity: 5,
      initial: 1,
      perSecond: 1,
    });
    expect(taken(bucket)).toBe(1);
    bucket.add(3);
    expect(taken(bucket)).toBe(3);
    bucket.add(30);
    expect(taken(bucket)).toBe(5);
  });
});
