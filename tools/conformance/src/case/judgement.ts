import type { WireResponse } from '../exchange/exchange.ts';
import type { ExpectedBody, Expectation } from './case.ts';
import { differencesOf, type Difference, type Resolve } from './difference.ts';
import { errorMessages } from './error-codes.ts';
import { invariantDifferences } from './invariants.ts';
import { isJsonObject, parseJson } from './json.ts';

/** Compares an answer with what it should be, and with what every answer must be. */
export function judge(
  expect: Expectation,
  response: WireResponse,
  resolve: Resolve,
  method: string,
): Difference[] {
  const differences: Difference[] = [];
  if (response.status !== expect.status) {
    differences.push({
      at: 'status',
      expected: String(expect.status),
      got: String(response.status),
    });
  }
  for (const [name, expected] of Object.entries(expect.headers ?? {})) {
    const actual = response.headers[name];
    const isRight =
      expected instanceof RegExp
        ? actual !== undefined && expected.test(actual)
        : actual === (expected === null ? undefined : resolve(expected));
    if (!isRight) {
      differences.push({
        at: `header ${name}`,
        expected: expected === null ? 'no such header' : headerText(expected, resolve),
        got: actual ?? 'no such header',
      });
    }
  }
  if (expect.body !== undefined) {
    differences.push(...bodyDifferences(expect.body, response, resolve));
  }
  if (expect.isBeforeRegistry !== true) {
    differences.push(...invariantDifferences(response, method));
  }
  return differences;
}

function headerText(expected: string | RegExp, resolve: Resolve): string {
  return typeof expected === 'string' ? resolve(expected) : String(expected);
}

function bodyDifferences(
  expected: ExpectedBody,
  response: WireResponse,
  resolve: Resolve,
): Difference[] {
  const { text } = response;
  switch (expected.kind) {
    case 'empty':
      return text === '' ? [] : [{ at: 'body', expected: 'empty', got: text }];
    case 'text':
      return textDifferences('body', expected.is, text, resolve);
    case 'json': {
      const value = parseJson(text);
      return value === undefined
        ? [{ at: 'body', expected: 'JSON', got: text === '' ? 'nothing' : text }]
        : differencesOf(expected.is, value, resolve);
    }
    case 'error': {
      const value = parseJson(text);
      if (!isJsonObject(value)) {
        return [{ at: 'body', expected: `error ${expected.code}`, got: text }];
      }
      const code = value.errorCode;
      const differences =
        code === String(expected.code)
          ? differencesOf(
              errorMessages[expected.code],
              value.errorMessage,
              resolve,
              '$.errorMessage',
            )
          : [{ at: '$.errorCode', expected: `"${expected.code}"`, got: text }];
      if (expected.detail === undefined) return differences;
      const detail = typeof value.detail === 'string' ? value.detail : '';
      return [...differences, ...textDifferences('$.detail', expected.detail, detail, resolve)];
    }
  }
}

function textDifferences(
  at: string,
  expected: string | RegExp,
  got: string,
  resolve: Resolve,
): Difference[] {
  if (expected instanceof RegExp) {
    return expected.test(got) ? [] : [{ at, expected: `a text like ${String(expected)}`, got }];
  }
  const wanted = resolve(expected);
  return wanted === got ? [] : [{ at, expected: JSON.stringify(wanted), got: JSON.stringify(got) }];
}
