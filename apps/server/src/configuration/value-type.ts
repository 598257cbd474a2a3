import { isCronLine } from '@service-center/registry';
import { z } from 'zod';

import { parseGoDuration } from './go-duration.ts';

/** How the text of a configuration value becomes what the server works with. */
export interface ValueType<T> {
  /** Completes "must be ..." in an error, and is the type in the documentation. */
  readonly rule: string;
  /** Reads and validates the trimmed text. */
  readonly schema: z.ZodType<T, string>;
  /** Whether a member can be given on its own, under the key's name and its own. Default false. */
  readonly isMapping?: boolean;
}

/** Any text. */
export const text: ValueType<string> = {
  rule: 'a text of at most 4096 characters',
  schema: z.string().max(4096),
};

/** True or false; `1` and `0` are what the reference's files write for some of them. */
export const flag: ValueType<boolean> = {
  rule: 'true or false (or 1, 0)',
  schema: z.stringbool({
    truthy: ['true', 't', '1', 'yes', 'on'],
    falsy: ['false', 'f', '0', 'no', 'off'],
  }),
};

/** A whole number within inclusive bounds. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    rule: `a whole number from ${min} to ${max}`,
    schema: z
      .string()
      .regex(/^[+-]?\d{1,15}$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
  };
}

/** A count from 1 on, or `auto`. */
export function automaticCount(max: number): ValueType<number | 'auto'> {
  const counts = integer(1, max);
  return {
    rule: `auto, or ${counts.rule}`,
    schema: z.union([z.literal('auto'), counts.schema]),
  };
}

/** A decimal number within inclusive bounds. */
export function decimal(min: number, max: number): ValueType<number> {
  return {
    rule: `a number from ${min} to ${max}`,
    schema: z
      .string()
      .regex(/^\d{1,9}(?:\.\d{1,9})?$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
  };
}

/** The longest duration: what one timer of the runtime can wait. */
const longestMs = 2 ** 31 - 1;

/**
 * A duration in Go's syntax, in milliseconds.
 *
 * @param minMs - the shortest one. Default 0
 */
export function duration(minMs = 0): ValueType<number> {
  return {
    rule: `a duration such as 500ms, 30s, 5m or 1h30m, ${minMs === 0 ? '' : `at least ${minMs}ms and `}at most 24 days`,
    schema: z
      .string()
      .transform((value) => parseGoDuration(value) ?? Number.NaN)
      .pipe(z.number().min(minMs).max(longestMs)),
  };
}

/** One of a few words, whatever the case of their letters. */
export function choice<const T extends string>(...words: readonly [T, ...T[]]): ValueType<T> {
  return {
    rule: `one of ${words.join(', ')}`,
    schema: z.string().transform((value, context) => {
      const found = words.find((word) => word.toLowerCase() === value.toLowerCase());
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: 'none of the words' });
      return z.NEVER;
    }),
  };
}

/** What another type takes, or nothing: for a key that then takes after another one. */
export function optional<T>(type: ValueType<T>): ValueType<T | undefined> {
  return {
    rule: type.rule,
    schema: z.union([z.literal('').transform(() => undefined), type.schema]),
  };
}

/** Words between commas; empty ones are dropped. */
export const list: ValueType<readonly string[]> = {
  rule: 'a comma separated list',
  schema: z
    .string()
    .max(65_536)
    .transform((value) =>
      value
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ),
};

/** A cron line of the five usual fields. */
export const cron: ValueType<string> = {
  rule: 'a cron line of five fields such as 0 1 * * *',
  // A sixth field would be seconds, which the files of other servers know nothing of.
  schema: z
    .string()
    .regex(/^(?:@\w+|\S+(?:\s+\S+){4})$/)
    .refine(isCronLine),
};

/** Text to text. A file gives a mapping, a flag or an environment variable the same as JSON. */
export const textMap: ValueType<Readonly<Record<string, string>>> = {
  rule: 'a mapping of texts to texts, as JSON outside of a file',
  isMapping: true,
  schema: z.string().transform(parseJson).pipe(z.record(z.string(), z.string())),
};

/** Mappings in a list. A file gives them as they are, a flag or an environment variable as JSON. */
export const recordList: ValueType<readonly Readonly<Record<string, unknown>>[]> = {
  rule: 'a list of mappings, as JSON outside of a file',
  schema: z
    .string()
    .transform(parseJson)
    .pipe(z.array(z.record(z.string(), z.unknown()))),
};

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
}
