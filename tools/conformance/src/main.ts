import { writeFile } from 'node:fs/promises';

import { parseCommandLine, usage, UsageError } from './command-line.ts';
import { conformanceCases } from './cases/all-cases.ts';
import { HttpClient } from './exchange/http-client.ts';
import { runFuzz } from './fuzz/fuzz-run.ts';
import { consoleReport } from './report/console-report.ts';
import { htmlReport } from './report/html-report.ts';
import { summarize } from './report/summary.ts';
import { runCases, selectCases } from './run/run-cases.ts';

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2), Math.random);
  if (command === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  const { baseUrl, seed, jobs, deadlineMs } = command;
  using exchanger = new HttpClient({ baseUrl, deadlineMs, connections: jobs });
  const runName = `c${seed.toString(36)}`;
  const startedMs = performance.now();
  const outcomes = await runCases(selectCases(conformanceCases(), command), {
    exchanger,
    baseUrl,
    jobs,
    runName,
    settleMs: command.settleMs,
    watchDeadlineMs: Math.min(deadlineMs, 5000),
  });
  const fuzz =
    command.fuzzRequests === 0
      ? undefined
      : await runFuzz({ exchanger, seed, jobs, requests: command.fuzzRequests, runName });
  const summary = summarize({
    baseUrl,
    seed,
    outcomes,
    fuzz,
    durationMs: performance.now() - startedMs,
  });
  process.stdout.write(consoleReport(summary));
  if (command.reportPath !== undefined) await writeFile(command.reportPath, htmlReport(summary));
  return summary.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
