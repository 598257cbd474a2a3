import { describe, expect, it } from 'vitest';

import { encodeTextFrame } from './text-frame.ts';

describe('encodeTextFrame', () => {
  it.each([
    [0, [0x81, 0]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('puts the head for %i bytes before them', (length, head) => {
    const payload = Buffer.alloc(length, 'x');
    const frame = encodeTextFrame(payload);
    expect([...frame.subarray(0, head.length)]).toEqual(head);
    expect(frame.subarray(head.length).equals(payload)).toBe(true);
  });
});
