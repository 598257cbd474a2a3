import { describe, expect, it } from 'vitest';

import type { ConformanceCase, Step } from '../case/case.ts';
import type { ErrorCode } from '../case/error-codes.ts';
import { pathIn } from '../case/paths.ts';
import { areas, routeRows } from '../case/routes.ts';
import { formsOf } from '../run/run-cases.ts';
import { conformanceCases } from './all-cases.ts';

const cases = conformanceCases();

function codesOf(steps: readonly Step[]): ErrorCode[] {
  return steps.flatMap((step) =>
    step.kind === 'http' && step.expect.body?.kind === 'error' ? [step.expect.body.code] : [],
  );
}

function casesOf(name: string): ConformanceCase[] {
  return cases.filter(({ route }) => route === name);
}

describe('the cases', () => {
  it('judge every row of the route index, and every area', () => {
    const names = [...routeRows().map(({ name }) => name), ...areas];
    expect(names.filter((name) => casesOf(name).length === 0)).toEqual([]);
    expect(routeRows().map(({ row }) => row)).toEqual(
      Array.from({ length: 52 }, (_, index) => index + 1),
    );
  });

  it('bring about every error code that a route documents', () => {
    const missing = routeRows().flatMap(({ name, codes }) => {
      const judged = new Set(casesOf(name).flatMap(({ steps }) => codesOf(steps)));
      return codes.filter((code) => !judged.has(code)).map((code) => `${name}: ${code}`);
    });
    expect(missing).toEqual([]);
  });

  it('have titles that tell them apart', () => {
    const titles = cases.map(({ route, title, profile }) => `${route} ${title} ${profile ?? ''}`);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it('are run in the third version wherever it has their paths', () => {
    const inBoth = cases.filter((candidate) => formsOf(candidate).includes('v3'));
    const routes = new Set<string>(inBoth.map(({ route }) => route));
    const rows = routeRows()
      .filter(({ path }) => pathIn('v3', path) !== undefined)
      .map(({ name }) => name);
    expect(rows.filter((name) => !routes.has(name))).toEqual(['version', 'heartbeat-socket']);
  });

  it('say where their demand is written', () => {
    expect(cases.filter(({ spec }) => !/^0\d /.test(spec))).toEqual([]);
  });
});
