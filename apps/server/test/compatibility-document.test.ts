import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { KeyTable } from '../src/configuration/key-table.ts';

const keys = new KeyTable();
const text = readFileSync(join(import.meta.dirname, '../../../docs/compatibility.md'), 'utf8');
const start = text.indexOf('\n## With a switch\n');
const rows = text
  .slice(start, text.indexOf('\n## ', start + 1))
  .split('\n')
  .filter((line) => line.startsWith('| '))
  // Without the heads of the columns and the line under them.
  .slice(2)
  .map((line) => line.split(' | ')[2] ?? '');
const switches = rows.map((cell) =>
  Array.from(cell.matchAll(/`([a-z][\w.]*)(?:: ([^`]+))?`/gi), ([, name = '', value]) => ({
    name,
    value,
  })),
);

it('names a switch in every row', () => {
  expect(switches.length).toBeGreaterThan(5);
  expect(switches.filter((named) => named.length === 0)).toEqual([]);
});

it.each(switches.flat().filter(({ value }) => value !== undefined))(
  'names a switch that works: $name: $value',
  ({ name, value = '' }) => {
    const key = keys.resolve(name)?.key;
    expect(key?.effect).toBe('active');
    expect(key?.parse(value)).toBeDefined();
    expect(value).not.toBe(key?.default);
  },
);

it.each(switches.flat().filter(({ value }) => value === undefined))(
  'names a key or a group of keys: $name',
  ({ name }) => {
    expect(keys.resolve(name) !== undefined || keys.isSection(name)).toBe(true);
  },
);
