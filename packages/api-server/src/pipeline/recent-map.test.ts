import { describe, expect, it } from 'vitest';

import { RecentMap } from './recent-map.ts';

describe('RecentMap', () => {
  it('stays within twice its capacity', () => {
    const map = new RecentMap<number>(10);
    for (let index = 0; index < 1000; index++) map.set(`k${index}`, index);
    expect(map.size).toBeLessThanOrEqual(20);
    expect(map.get('k999')).toBe(999);
    expect(map.get('k0')).toBeUndefined();
  });

  it('keeps what is used while other entries come and go', () => {
    const map = new RecentMap<number>(10);
    map.set('kept', 1);
    for (let index = 0; index < 1000; index++) {
      map.set(`k${index}`, index);
      expect(map.get('kept')).toBe(1);
    }
  });
});
