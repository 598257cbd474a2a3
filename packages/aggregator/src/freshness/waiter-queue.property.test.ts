import fc from 'fast-check';
import { expect, it } from 'vitest';

import { Waiter } from './waiter.ts';
import { WaiterQueue } from './waiter-queue.ts';

function takeAll(queue: WaiterQueue, order: bigint): readonly Waiter[] {
  const taken: Waiter[] = [];
  for (;;) {
    const waiter = queue.takeReached(order);
    if (waiter === undefined) return taken;
    taken.push(waiter);
  }
}

it('hands out exactly those whose place is reached, nearest first', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.record({ add: fc.nat(50) }), fc.record({ reach: fc.nat(50) }))),
      (steps) => {
        const queue = new WaiterQueue();
        const orders = new Map<Waiter, number>();
        for (const step of steps) {
          const reach = 'add' in step ? -1 : step.reach;
          if ('add' in step) {
            const waiter = new Waiter(0, undefined, () => undefined);
            orders.set(waiter, step.add);
            queue.add(BigInt(step.add), waiter);
          }
          const taken = takeAll(queue, BigInt(reach)).map((waiter) => {
            const order = orders.get(waiter);
            orders.delete(waiter);
            return order ?? -1;
          });
          expect(taken).toEqual(taken.toSorted((left, right) => left - right));
          expect(taken.every((order) => order <= reach)).toBe(true);
          expect([...orders.values()].every((order) => order > reach)).toBe(true);
          expect(queue.size).toBe(orders.size);
        }
      },
    ),
    { seed: 5 },
  );
});
