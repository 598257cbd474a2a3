import { RE2JS, RE2JSException } from 're2js';

/**
 * A pattern of a black or white list (spec 04 §1.8). Clients bring these, so they run on an engine whose time grows
 * with the text alone: `(a+)+$` on a description of 256 characters would keep JavaScript's own busy for ever. It is also
 * the dialect for which the patterns were written.
 */
export class LinearPattern {
  readonly #expression: RE2JS | undefined;

  /** @param text - one that is no regular expression matches nothing */
  constructor(text: string) {
    this.#expression = compile(text);
  }

  /** Whether the pattern occurs anywhere in a value. */
  occursIn(value: string): boolean {
    return this.#expression?.test(value) === true;
  }
}

function compile(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}
