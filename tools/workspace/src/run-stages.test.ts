import { expect, test } from 'vitest';

import { runStages } from './run-stages.ts';
import type { Stage } from './stage.ts';

const context = { root: '/nowhere', scratch: '/nowhere' };

test('goes on after a failed and after a broken stage, and ends with the one line of counts', async () => {
  const ran: string[] = [];
  const stage = (name: string, run: Stage['run']): Stage => ({
    name,
    title: name,
    run(given) {
      ran.push(name);
      return run(given);
    },
  });
  const lines: string[] = [];
  const total = await runStages(
    [
      stage('failing', async () => ({ passed: 3, failed: 2 })),
      stage('broken', async () => Promise.reject(new Error('no such tool'))),
      stage('passing', async () => ({ passed: 4, failed: 0 })),
    ],
    context,
    (line) => lines.push(line),
  );
  expect(ran).toEqual(['failing', 'broken', 'passing']);
  expect(total).toEqual({ passed: 7, failed: 3 });
  expect(lines.at(-1)).toBe('7 passed, 3 failed');
  expect(lines.filter((line) => /^\d+ passed, \d+ failed$/m.test(line))).toHaveLength(1);
  expect(lines.join('\n')).toContain('no such tool');
});
