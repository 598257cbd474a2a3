import { describe, expect, it } from 'vitest';

import { formatAuthority, isLoopback, isUnspecified } from './authority.ts';

describe('formatAuthority', () => {
  it('puts IPv6 addresses in brackets', () => {
    expect(formatAuthority('127.0.0.1', 1)).toBe('127.0.0.1:1');
    expect(formatAuthority('::1', 1)).toBe('[::1]:1');
    expect(formatAuthority('registry.local', 1)).toBe('registry.local:1');
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost', '::ffff:127.0.0.1'])(
    'holds of %s',
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.org', 'registry.local'])(
    'does not hold of %s',
    (address) => {
      expect(isLoopback(address)).toBe(false);
    },
  );
});

describe('isUnspecified', () => {
  it.each(['0.0.0.0', '::', '::0', '0:0:0:0:0:0:0:0'])('holds of %s', (address) => {
    expect(isUnspecified(address)).toBe(true);
  });

  it.each(['127.0.0.1', '::1', '10.0.0.0', 'fe80::'])('does not hold of %s', (address) => {
    expect(isUnspecified(address)).toBe(false);
  });
});
