import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { expect, it } from 'vitest';

import { parseGoDuration } from './go-duration.ts';

it.each([
  ['0', 0],
  ['1ns', 1e-6],
  ['1us', 0.001],
  ['1µs', 0.001],
  ['300ms', 300],
  ['1.5s', 1500],
  ['.5s', 500],
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1h2m3.5s', 3_723_500],
  ['+5m', 300_000],
])('reads %s', (text, ms) => {
  expect(parseGoDuration(text)).toBeCloseTo(ms, 9);
});

it.each([
  '',
  '5',
  '-1s',
  's',
  '1 s',
  '1d',
  '1sm',
  '1s1',
  '1.2.3s',
  'Infinity',
  '.s',
  '1s'.repeat(40),
])('refuses %j', (text) => {
  expect(parseGoDuration(text)).toBeUndefined();
});

it('adds up parts in any order and number', () => {
  const part = tuple(nat(10_000), constantFrom('ms', 's', 'm', 'h'));
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  assert(
    property(array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.map(([amount, unit]) => `${amount}${unit}`).join('');
      const sum = parts.reduce((ms, [amount, unit]) => ms + amount * unitMs[unit], 0);
      expect(parseGoDuration(text)).toBe(sum);
    }),
  );
});
