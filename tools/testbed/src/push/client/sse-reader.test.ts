import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SseReader, type SseMessage } from './sse-reader.ts';

const stream = `retry: 1000

event: reset
id:
data: {"reason":"new"}

: keep-alive

event: change
id: log.1
data: {"a":
data: 1}

event: synchronized
data:{}
`;

const messages: readonly SseMessage[] = [
  { event: 'reset', data: '{"reason":"new"}', id: '' },
  { event: 'change', data: '{"a":\n1}', id: 'log.1' },
];

describe('a reader of server-sent events', () => {
  it('finds the messages however the stream is cut, and nothing in one that is not over', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const read: SseMessage[] = [];
        const reader = new SseReader((message) => read.push(message));
        const places = [0, ...cuts.toSorted((left, right) => left - right), stream.length];
        for (const [index, place] of places.entries())
          reader.push(stream.slice(places[index - 1] ?? 0, place));
        expect(read).toEqual(messages);
        reader.push('\n');
        expect(read.at(-1)).toEqual({ event: 'synchronized', data: '{}', id: undefined });
      }),
    );
  });
});
