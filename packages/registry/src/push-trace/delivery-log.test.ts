import { describe, expect, it } from 'vitest';

import { DeliveryLog } from './delivery-log.ts';

const capacity = 16;
const firstKeptPush = 1000;

/** A log of which every push is forgotten already, as for a reader that takes up what is long past. */
function pastLog(): DeliveryLog {
  const log: DeliveryLog = new DeliveryLog(capacity, () => {
    log.forget(firstKeptPush);
  });
  return log;
}

describe('a log of deliveries', () => {
  it('fills its segment with deliveries of forgotten pushes, and makes none for each', () => {
    const log = pastLog();
    log.append(1, 1, 1);
    const [filled] = log.segments;

    for (let count = 1; count < capacity; count++) log.append(2, 1, 1);

    expect(log.segments).toEqual([filled]);
    expect(filled).toMatchObject({ length: capacity });
  });

  it('does not grow with them', () => {
    const log = pastLog();
    const slots = Array.from({ length: 10 * capacity }, () => log.append(1, 1, 1));

    expect(log.segments).toHaveLength(1);
    expect(new Set(slots).size).toBe(slots.length);
  });

  it('gives a full segment back when the last of its pushes is forgotten', () => {
    const log = new DeliveryLog(capacity, () => undefined);
    for (let push = 0; push < capacity; push++) log.append(push, 1, 1);

    log.forget(capacity - 1);
    expect(log.segments).toHaveLength(1);
    log.forget(capacity);
    expect(log.segments).toEqual([]);
  });
});
