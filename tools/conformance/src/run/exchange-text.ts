import type { WireRequest, WireResponse } from '../exchange/exchange.ts';

const longestText = 2000;

/** A request as a person reads it. */
export function requestText({ method, path, headers, body }: WireRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.concat(body ?? []);
  return shortened([`${method} ${path}`, ...lines, '', bytes.toString('utf8')].join('\n').trim());
}

/** An answer as a person reads it. */
export function responseText({ status, headers, text }: WireResponse): string {
  const lines = Object.entries(headers)
    .filter(([name]) => name !== 'date' && name !== 'connection' && name !== 'keep-alive')
    .map(([name, value]) => `${name}: ${value}`);
  return shortened([String(status), ...lines, '', text].join('\n').trim());
}

function shortened(text: string): string {
  return text.length <= longestText
    ? text
    : `${text.slice(0, longestText)}… (${text.length} characters)`;
}
