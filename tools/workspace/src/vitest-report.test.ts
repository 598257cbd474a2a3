import { expect, test } from 'vitest';

import { readVitestReport } from './vitest-report.ts';

function report(fields: object): string {
  return JSON.stringify({
    success: true,
    numPassedTests: 0,
    numFailedTests: 0,
    testResults: [],
    ...fields,
  });
}

test('takes the counts of the runner', () => {
  const json = report({
    success: false,
    numPassedTests: 7,
    numFailedTests: 2,
    testResults: [
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ],
  });
  expect(readVitestReport(json)).toEqual({ passed: 7, failed: 2 });
});

test('a file that could not be loaded counts as one failed', () => {
  const json = report({
    success: false,
    numPassedTests: 3,
    testResults: [{ status: 'failed', assertionResults: [] }],
  });
  expect(readVitestReport(json)).toEqual({ passed: 3, failed: 1 });
});

test('a run that failed outside every test counts as one failed', () => {
  expect(readVitestReport(report({ success: false, numPassedTests: 3 }))).toEqual({
    passed: 3,
    failed: 1,
  });
});

test('refuses what is no report', () => {
  expect(() => readVitestReport('{}')).toThrow('the test report has no testResults');
  expect(() => readVitestReport('{"testResults": []}')).toThrow(
    'the test report has no number numFailedTests',
  );
});
