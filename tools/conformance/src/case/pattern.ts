import type { Json } from './json.ts';

/** What a {@link Matcher} demands of the value in its place. */
export type MatcherRule =
  | { readonly kind: 'text'; readonly like: RegExp }
  | { readonly kind: 'anything' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'not'; readonly value: Json }
  | { readonly kind: 'partial'; readonly members: Readonly<Record<string, Pattern>> }
  | { readonly kind: 'set'; readonly items: readonly Pattern[] }
  | { readonly kind: 'including'; readonly items: readonly Pattern[] };

/** Stands in a {@link Pattern} where one exact value would say too much. */
export class Matcher {
  readonly rule: MatcherRule;

  constructor(rule: MatcherRule) {
    this.rule = rule;
  }
}

/**
 * What a JSON value should be: itself, with matchers where several values are right.
 *
 * A plain object means exactly these members, a plain array exactly these items in this order. `${name}` in a string
 * stands for a captured value.
 */
export type Pattern =
  | Matcher
  | string
  | number
  | boolean
  | null
  | readonly Pattern[]
  | { readonly [name: string]: Pattern };

/** Any value. */
export const anything: Matcher = new Matcher({ kind: 'anything' });

/** No such member. */
export const absent: Matcher = new Matcher({ kind: 'absent' });

/** A text of this form. */
export function like(expression: RegExp): Matcher {
  return new Matcher({ kind: 'text', like: expression });
}

/** Any value but this one; the member must be there. */
export function not(value: Json): Matcher {
  return new Matcher({ kind: 'not', value });
}

/** At least these members. */
export function partial(members: Readonly<Record<string, Pattern>>): Matcher {
  return new Matcher({ kind: 'partial', members });
}

/** These items and no other, in any order. */
export function setOf(...items: readonly Pattern[]): Matcher {
  return new Matcher({ kind: 'set', items });
}

/** These items among others, in any order. */
export function including(...items: readonly Pattern[]): Matcher {
  return new Matcher({ kind: 'including', items });
}

/** An id the server made: 32 or 40 hexadecimal digits (spec 01 §7). */
export const generatedId: Matcher = like(/^(?:[0-9a-f]{32}|[0-9a-f]{40})$/);

/** Seconds since 1970 as a text (spec 01 §2.2). */
export const unixSeconds: Matcher = like(/^1\d{9}$/);

/** A find revision: 40 hexadecimal digits (spec 01 §4.7). */
export const revisionForm: RegExp = /^[0-9a-f]{40}$/;
