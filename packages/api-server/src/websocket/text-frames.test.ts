import { PushFrame } from '@service-center/registry';
import { describe, expect, it } from 'vitest';

import { encodeTextFrame } from './text-frame.ts';
import { TextFrames } from './text-frames.ts';

describe('text frames', () => {
  it('are the same bytes for all receivers of a push, in whatever order these come', () => {
    const frames = new TextFrames();
    const [a, b] = [new PushFrame('a'), new PushFrame('b')];
    const first = frames.of(a);

    expect(first).toEqual(encodeTextFrame(Buffer.from('a')));
    expect(frames.of(a)).toBe(first);
    expect(frames.of(b)).toEqual(encodeTextFrame(Buffer.from('b')));
    expect(frames.of(a)).toBe(first);
  });
});
