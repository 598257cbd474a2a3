import type { WireResponse } from '../exchange/exchange.ts';
import type { Difference } from './difference.ts';
import { isJsonObject, parseJson } from './json.ts';

const jsonType = 'application/json; charset=UTF-8';
const emptyType = 'text/plain; charset=UTF-8';

/** The names an error may have, in their order (spec 01 §5.1). */
const envelopeNames = ['errorCode', 'errorMessage', 'detail'];

/**
 * What holds for every answer of the registry, whatever was asked (spec 01 §1.2, §1.8, §2.2, §5.1): who answers, the
 * content type that fits the body, compact JSON, and the form of an error.
 */
export function invariantDifferences(response: WireResponse, method: string): Difference[] {
  const differences: Difference[] = [];
  const demand = (isRight: boolean, at: string, expected: string, got: string): void => {
    if (!isRight) differences.push({ at, expected, got });
  };
  const { status, text, headers } = response;
  const type = headers['content-type'] ?? '';
  demand(
    /^SERVICECENTER\/\S+$/.test(headers.server ?? ''),
    'header server',
    'SERVICECENTER/<version>',
    headers.server ?? 'no such header',
  );
  demand(status < 500, 'status', 'no failure of the server', String(status));
  if (status === 304) {
    demand(text === '', 'body', 'empty with 304', text);
    return differences;
  }
  if (method === 'HEAD' || method === 'OPTIONS') return differences;
  if (text === '' && status === 200) {
    demand(type === emptyType, 'header content-type', emptyType, type);
    return differences;
  }
  if (!type.startsWith('application/json')) return differences;
  demand(type === jsonType, 'header content-type', jsonType, type);
  const value = parseJson(text);
  demand(value !== undefined, 'body', 'JSON, as its content type says', text);
  if (value === undefined) return differences;
  demand(isCompact(text), 'body', 'compact JSON', text);
  if (status < 400 || !isJsonObject(value)) return differences;
  const { errorCode, errorMessage, detail } = value;
  demand(
    typeof errorCode === 'string' && /^[45]\d{5}$/.test(errorCode),
    '$.errorCode',
    'a text of six digits',
    text,
  );
  demand(
    Math.trunc(Number(errorCode) / 1000) === status,
    'status',
    `the status of the code in ${text}`,
    String(status),
  );
  demand(typeof errorMessage === 'string', '$.errorMessage', 'a text', text);
  demand(
    detail === undefined || (typeof detail === 'string' && detail !== ''),
    '$.detail',
    'a text that is not empty, or nothing',
    text,
  );
  const names = Object.keys(value);
  const ordered = envelopeNames.filter((name) => names.includes(name));
  demand(names.join() === ordered.join(), 'body', `the members ${envelopeNames.join(', ')}`, text);
  return differences;
}

/** Whether there is no white space between the parts of a JSON text (spec 01 §2.2). */
function isCompact(text: string): boolean {
  return !/\s/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
}
