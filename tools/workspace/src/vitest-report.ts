import type { StageResult } from './stage.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function count(report: Readonly<Record<string, unknown>>, field: string): number {
  const value = report[field];
  if (typeof value !== 'number') throw new TypeError(`the test report has no number ${field}`);
  return value;
}

/**
 * Reads the counts out of Vitest's JSON report.
 *
 * A file that fails before its tests are known (a syntax error, a failing import) has no failed test in the report, so it
 * counts as one failed. So does a run that failed for a reason outside every test, such as an unhandled rejection.
 *
 * @param json - the text of the report
 * @throws TypeError when it is not such a report
 */
export function readVitestReport(json: string): StageResult {
  const report: unknown = JSON.parse(json);
  if (!isRecord(report) || !Array.isArray(report['testResults'])) {
    throw new TypeError('the test report has no testResults');
  }
  const files: readonly unknown[] = report['testResults'];
  const brokenFiles = files.filter(
    (file) =>
      isRecord(file) &&
      file['status'] === 'failed' &&
      Array.isArray(file['assertionResults']) &&
      !file['assertionResults'].some(
        (assertion: unknown) => isRecord(assertion) && assertion['status'] === 'failed',
      ),
  ).length;
  const failed = count(report, 'numFailedTests') + brokenFiles;
  return {
    passed: count(report, 'numPassedTests'),
    failed: failed === 0 && report['success'] !== true ? 1 : failed,
  };
}
