import { unescape as unescapeLoosely } from 'node:querystring';

const badEscape = /%(?![0-9a-fA-F]{2})/;
const plus = /\+/g;

/**
 * The query string, decoded by the reference's rules (spec 01 §1.4): of a repeated name the first value counts; a pair
 * with a semicolon or a broken escape is skipped; `+` is a blank.
 */
export class Query {
  readonly #values = new Map<string, string>();

  /** @param rawQuery - what follows the `?`, as it was sent */
  constructor(rawQuery: string) {
    for (const pair of rawQuery.split('&')) {
      if (pair === '' || pair.includes(';')) continue;
      const equals = pair.indexOf('=');
      const name = decode(equals === -1 ? pair : pair.slice(0, equals));
      const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
      if (name === undefined || value === undefined || this.#values.has(name)) continue;
      this.#values.set(name, value);
    }
  }

  /** The first value of a parameter; `''` when it is absent. */
  get(name: string): string {
    return this.#values.get(name) ?? '';
  }

  /** Whether a parameter is `1` or `true` in any letter case, blanks around it aside (spec 01 §1.6). */
  isTrue(name: string): boolean {
    const value = this.#values.get(name);
    if (value === undefined) return false;
    const word = value.trim().toLowerCase();
    return word === '1' || word === 'true';
  }
}

function decode(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replace(plus, ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return badEscape.test(spaced) ? undefined : unescapeLoosely(spaced);
}
