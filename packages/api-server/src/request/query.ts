import { unescape as unescapeLoosely } from 'node:querystring';

const badEscape = /%(?![0-9a-fA-F]{2})/;
const plus = /\+/g;

/**
 * The query string, decoded by the reference's rules (spec 01 §1.4): of a repeated name the first value counts; a pair
 * with a semicolon or a broken escape is skipped; `+` is a blank.
 */
export class Query {
  readonly #rawQuery: string;
  readonly #values = new Map<string, string>();

  /** @param rawQuery - what follows the `?`, as it was sent */
  constructor(rawQuery: string) {
    this.#rawQuery = rawQuery;
    for (const [name, value] of pairs(rawQuery)) {
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  /** Every value of a parameter, in their order. Decoded anew each time: few routes have such a parameter. */
  all(name: string): readonly string[] {
    return [...pairs(this.#rawQuery)].flatMap((pair) => (pair[0] === name ? [pair[1]] : []));
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

function* pairs(rawQuery: string): Generator<readonly [string, string], void, undefined> {
  for (const pair of rawQuery.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (name !== undefined && value !== undefined) yield [name, value];
  }
}

function decode(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replace(plus, ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return badEscape.test(spaced) ? undefined : unescapeLoosely(spaced);
}
