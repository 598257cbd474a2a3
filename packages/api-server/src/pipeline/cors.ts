import type { IncomingMessage } from 'node:http';

const allowedMethods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'UPDATE']);
const allowedHeaders: ReadonlySet<string> = new Set([
  'origin',
  'accept',
  'content-type',
  'x-domain-name',
  'x-consumerid',
]);

/** Whether an answer to this method may be read from another origin (spec 01 §1.3). */
export function isOriginAllowed(method: string, origin: string): boolean {
  return origin !== '' && allowedMethods.has(method);
}

/**
 * The headers that answer an `OPTIONS` request, besides `Server` and `Vary: Accept-Encoding`.
 *
 * @returns `vary`: what the answer varies with; `allow`: names and values in turns
 */
export function preflightHeaders(request: IncomingMessage): {
  readonly vary: string;
  readonly allow: readonly string[];
} {
  const { origin = '' } = request.headers;
  const method = request.headers['access-control-request-method'];
  if (method === undefined || method === '') {
    const allow = origin === '' ? [] : ['Access-Control-Allow-Origin', '*'];
    return { vary: 'Origin', allow };
  }
  const vary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
  const wantedMethod = method.toUpperCase();
  const wantedHeaders = headerNames(request.headers['access-control-request-headers'] ?? '');
  const isAllowed =
    origin !== '' &&
    (wantedMethod === 'OPTIONS' || allowedMethods.has(wantedMethod)) &&
    wantedHeaders.every((name) => allowedHeaders.has(name.toLowerCase()));
  if (!isAllowed) return { vary, allow: [] };
  const allow = ['Access-Control-Allow-Origin', '*', 'Access-Control-Allow-Methods', wantedMethod];
  if (wantedHeaders.length > 0) {
    allow.push('Access-Control-Allow-Headers', wantedHeaders.join(', '));
  }
  return { vary, allow };
}

const separators = /[\s,]+/;
const wordStart = /(?:^|-)[a-z]/g;

// Names come back the way Go writes header names: `x-consumerid` as `X-Consumerid`.
function headerNames(list: string): string[] {
  return list
    .split(separators)
    .filter((name) => name !== '')
    .map((name) => name.toLowerCase().replace(wordStart, (start) => start.toUpperCase()));
}
