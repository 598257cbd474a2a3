import { describe, expect, it } from 'vitest';

import { leaseSeconds, type HealthCheck } from './microservice-instance.ts';
import {
  containsStringMap,
  emptyStringMap,
  isEmptyStringMap,
  isSameStringMap,
  toStringMap,
} from './string-map.ts';
import { defaultTenant, formatTenant, isSameTenant, parseTenant } from './tenant.ts';

describe('leaseSeconds', () => {
  it('is the interval times the heartbeats that may be missed and one', () => {
    expect(leaseSeconds(check(30, 3))).toBe(120);
    expect(leaseSeconds(check(5, 0))).toBe(5);
  });

  it('is undefined when it cannot be told', () => {
    expect(leaseSeconds(undefined)).toBeUndefined();
    expect(leaseSeconds(check(0, 3))).toBeUndefined();
    expect(leaseSeconds(check(30, -1))).toBeUndefined();
    expect(leaseSeconds(check(-30, 3))).toBeUndefined();
  });
});

describe('a tenant', () => {
  it('is written and read as domain and project', () => {
    expect(formatTenant(defaultTenant)).toBe('default/default');
    expect(parseTenant('d/p')).toEqual({ domain: 'd', project: 'p' });
    expect(parseTenant('d/p/q')).toEqual({ domain: 'd', project: 'p/q' });
    expect(['', 'd', '/', 'd/', '/p'].map(parseTenant)).toEqual(Array(5).fill(undefined));
  });

  it('is the same when both parts are', () => {
    expect(isSameTenant(defaultTenant, { domain: 'default', project: 'default' })).toBe(true);
    expect(isSameTenant(defaultTenant, { domain: 'default', project: 'other' })).toBe(false);
    expect(isSameTenant(defaultTenant, { domain: 'other', project: 'default' })).toBe(false);
  });
});

describe('a string map', () => {
  it('has no key but its own', () => {
    const map = toStringMap([
      ['__proto__', 'a'],
      ['k', '1'],
      ['k', '2'],
    ]);

    expect(Object.entries(map)).toEqual([
      ['__proto__', 'a'],
      ['k', '2'],
    ]);
    expect(map['constructor']).toBeUndefined();
    expect(emptyStringMap['toString']).toBeUndefined();
  });

  it('is empty without entries', () => {
    expect(isEmptyStringMap(emptyStringMap)).toBe(true);
    expect(isEmptyStringMap({})).toBe(true);
    expect(isEmptyStringMap(toStringMap([['', '']]))).toBe(false);
  });

  it('is the same when keys and values are, in any order', () => {
    expect(isSameStringMap({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
    expect(isSameStringMap({}, emptyStringMap)).toBe(true);
    expect(isSameStringMap({ a: '1' }, { a: '2' })).toBe(false);
    expect(isSameStringMap({ a: '1' }, { a: '1', b: '2' })).toBe(false);
    expect(isSameStringMap({ a: '1' }, { b: '1' })).toBe(false);
    expect(isSameStringMap(toStringMap([['toString', '1']]), { a: '1' })).toBe(false);
  });

  it('contains another when it has all its entries', () => {
    expect(containsStringMap({ a: '1', b: '2' }, { b: '2' })).toBe(true);
    expect(containsStringMap({ a: '1' }, emptyStringMap)).toBe(true);
    expect(containsStringMap(emptyStringMap, { a: '1' })).toBe(false);
    expect(containsStringMap({ a: '1' }, { a: '2' })).toBe(false);
    expect(containsStringMap({ a: '' }, { b: '' })).toBe(false);
    expect(containsStringMap({}, toStringMap([['__proto__', '1']]))).toBe(false);
  });
});

function check(interval: number, times: number): HealthCheck {
  return { mode: 'push', port: 0, interval, times, url: '' };
}
