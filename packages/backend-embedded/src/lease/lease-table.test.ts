import { describe, expect, it } from 'vitest';

import { LeaseTable } from './lease-table.ts';

describe('the table of leases', () => {
  it('gives positive ids of 63 bits, each once', () => {
    const leases = new LeaseTable();
    const ids = Array.from({ length: 1000 }, () => leases.grant(10, 0).id);

    expect(new Set(ids).size).toBe(1000);
    expect(ids.every((id) => id > 0n && id < 2n ** 63n)).toBe(true);
  });

  it('knows the keys of each lease as they move', () => {
    const leases = new LeaseTable();
    const [one, two] = [leases.grant(10, 0), leases.grant(10, 0)];
    leases.move('a', 0n, one.id);
    leases.move('b', 0n, one.id);
    leases.move('b', one.id, one.id);
    leases.move('a', one.id, two.id);
    leases.move('c', 0n, two.id);
    leases.move('c', two.id, 0n);

    expect(one.keys).toEqual(['b']);
    expect(two.keys).toEqual(['a']);
  });

  it('finds each expired lease once, until it is postponed', () => {
    const leases = new LeaseTable();
    const lease = leases.grant(1, 0);

    expect(leases.takeExpired(999)).toEqual([]);
    expect(leases.takeExpired(1000)).toEqual([lease]);
    expect(leases.takeExpired(5000)).toEqual([]);
    leases.postpone(lease, 6000);
    expect(leases.takeExpired(5999)).toEqual([]);
    expect(leases.takeExpired(6000)).toEqual([lease]);
  });

  it('does not find a lease that was removed', () => {
    const leases = new LeaseTable();
    leases.remove(leases.grant(1, 0));

    expect(leases.takeExpired(5000)).toEqual([]);
    expect(leases.size).toBe(0);
  });
});
