import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { acceptedDifferences } from './accepted-differences.ts';

const file = join(import.meta.dirname, '../../../../docs/compatibility.md');
const text = readFileSync(file, 'utf8');
const rows = text
  .slice(text.indexOf('\n## Recorded exchanges\n'))
  .split('\n')
  .flatMap((line) => {
    const [, generation = '', scenario = '', steps = ''] = line.split('|');
    return Array.from(steps.matchAll(/`([^`]+)`/g), ([, step = '']) =>
      [`sc-${generation.trim()}`, scenario.replaceAll('`', '').trim(), step].join(' '),
    );
  });

describe('docs/compatibility.md', () => {
  it('lists the recorded steps that are accepted to differ, and no others', () => {
    const accepted = acceptedDifferences.map(({ folder, scenario, step }) =>
      [folder.replace(/-quirks$/, ''), scenario, step].join(' '),
    );
    expect(new Set(rows)).toEqual(new Set(accepted));
  });
});
