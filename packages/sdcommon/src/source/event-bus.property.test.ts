import * as fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { EventBus } from './event-bus.ts';

const capacity = 4;
const steps = fc.array(fc.constantFrom('push' as const, 'take' as const), { maxLength: 200 });

describe('EventBus', () => {
  it('hands out what was pushed, in order, until its reader falls behind', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const source = new Subject<number>();
        const bus = new EventBus(source, capacity);
        const waiting: number[] = [];
        const taken: unknown[] = [];
        const expected: unknown[] = [];
        let pushed = 0;
        let isOver = false;
        for (const step of script) {
          if (step === 'push') {
            source.next(++pushed);
            if (waiting.length >= capacity) isOver = true;
            if (!isOver) waiting.push(pushed);
          } else {
            const event = waiting.shift();
            const end = isOver ? { kind: 'end' } : undefined;
            taken.push(bus.poll());
            expected.push(event === undefined ? end : { kind: 'event', event });
          }
          expect(bus.size).toBe(waiting.length);
          expect(source.observed).toBe(!isOver);
        }
        expect(taken).toEqual(expected);
      }),
    );
  });
});
