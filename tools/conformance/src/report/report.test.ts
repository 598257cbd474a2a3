import { describe, expect, it } from 'vitest';

import type { Outcome } from '../run/outcome.ts';
import { consoleReport } from './console-report.ts';
import { htmlReport } from './html-report.ts';
import { summarize, type Summary } from './summary.ts';

const nasty = '</script><img src=x onerror="alert(1)">\'&';

const failed: Outcome = {
  case: { route: 'get-service', title: `title ${nasty}`, spec: '01 §1', steps: [] },
  form: 'v3',
  differences: [{ at: '$.a', expected: `wanted ${nasty}`, got: `got ${nasty}` }],
  exchanges: [{ request: `GET /${nasty}`, response: `200\n${nasty}` }],
};

const passed: Outcome = {
  case: { route: 'cors', title: 'fine', spec: '01 §1', steps: [] },
  form: 'v4',
  differences: [],
  exchanges: [],
};

function summaryOf(outcomes: readonly Outcome[], findings = 0): Summary {
  return summarize({
    baseUrl: `http://h/${nasty}`,
    seed: 7,
    durationMs: 1234,
    outcomes,
    fuzz: {
      requests: 10,
      accepted: 4,
      refused: 6,
      findings: Array.from({ length: findings }, () => ({
        problem: `problem ${nasty}`,
        request: nasty,
        response: nasty,
      })),
    },
  });
}

describe('the reports', () => {
  it('count each outcome, and each finding as a failure', () => {
    expect(summaryOf([passed, failed], 2)).toMatchObject({ passed: 1, failed: 3 });
    expect(summaryOf([passed])).toMatchObject({ passed: 2, failed: 0 });
  });

  it('end on the console with the count, and tell what was expected and what came', () => {
    const text = consoleReport(summaryOf([passed, failed]));
    expect(text.trimEnd().split('\n').at(-1)).toBe('2 passed, 1 failed');
    expect(text).toContain(`FAILED get-service (v3): title ${nasty}  [01 §1]`);
    expect(text).toContain(`    expected wanted ${nasty}`);
    expect(text).toContain(`    got      got ${nasty}`);
    expect(text).toContain(`    | GET /${nasty}`);
    expect(text).toMatch(/^cors\s+1\/1/m);
    expect(text).toMatch(/^get-service\s+0\/1 {2}#5 GET .*1 FAILED$/m);
  });

  it('are safe as a page, whatever a server answered', () => {
    const page = htmlReport(summaryOf([passed, failed], 1));
    expect(page).not.toContain('<img');
    expect(page).not.toContain(nasty);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).toContain('wanted &lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(page).not.toMatch(/(?:src|href)="?https?:/);
  });

  it('show failures before the routes', () => {
    const page = htmlReport(summaryOf([passed, failed]));
    expect(page.indexOf('What does not hold')).toBeGreaterThan(0);
    expect(page.indexOf('What does not hold')).toBeLessThan(page.indexOf('<h2>Routes'));
    expect(htmlReport(summaryOf([passed]))).not.toContain('What does not hold');
  });
});
