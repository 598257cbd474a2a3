import fc from 'fast-check';
import { expect, it } from 'vitest';

import { DeliveryQueue, type QueuedDelivery } from './delivery-queue.ts';

it('gives back what was put in, in order, however long it is used', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 6 }), (steps) => {
      const queue = new DeliveryQueue();
      const expected: QueuedDelivery[] = [];
      let sequence = 0;
      for (const step of steps) {
        for (let count = 0; count < step; count++) {
          sequence++;
          queue.push(sequence, sequence * 2);
          expected.push({ sequence, slot: sequence * 2 });
        }
        for (let count = 0; count > step; count--) {
          expect(queue.peek()).toEqual(expected[0]);
          expect(queue.shift()).toEqual(expected.shift());
        }
        expect(queue.length).toBe(expected.length);
      }
    }),
  );
});
