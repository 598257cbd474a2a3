import type { Outcome } from '../run/outcome.ts';
import type { Summary } from './summary.ts';

const nameWidth = 24;

/** The run as text: the failures, then a line per route. The last line is `N passed, N failed`. */
export function consoleReport(summary: Summary): string {
  const { routes, fuzz } = summary;
  const lines = routes.flatMap(({ failures }) => failures.flatMap(failureLines));
  for (const { name, about, passed, failures } of routes) {
    const total = passed + failures.length;
    const verdict = failures.length === 0 ? '' : `   ${failures.length} FAILED`;
    lines.push(`${name.padEnd(nameWidth)}${`${passed}/${total}`.padStart(9)}  ${about}${verdict}`);
  }
  if (fuzz !== undefined) {
    for (const { problem, request, response } of fuzz.findings) {
      lines.push('', `RANDOM REQUEST: ${problem}`, indented(request), indented(response));
    }
    lines.push(
      `${'random requests'.padEnd(nameWidth)}${String(fuzz.requests).padStart(9)}  ${fuzz.accepted} accepted, ${fuzz.refused} refused, ${fuzz.findings.length} findings`,
    );
  }
  lines.push(
    `seed ${summary.seed}, ${(summary.durationMs / 1000).toFixed(1)} s`,
    `${summary.passed} passed, ${summary.failed} failed`,
  );
  return `${lines.join('\n')}\n`;
}

function failureLines(outcome: Outcome): string[] {
  const { case: failed, form, differences, exchanges } = outcome;
  const last = exchanges.at(-1);
  return [
    `FAILED ${failed.route} (${form}): ${failed.title}  [${failed.spec}]`,
    ...differences.flatMap(({ at, expected, got }) => [
      `  ${at}`,
      `    expected ${cut(expected)}`,
      `    got      ${cut(got)}`,
    ]),
    ...(last === undefined ? [] : [indented(cut(last.request))]),
    '',
  ];
}

function cut(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    | ');
}
