import type { Json } from './json.ts';

/** The captured values of a running case, by name. */
export type Captured = ReadonlyMap<string, string>;

/**
 * Puts captured values into a text: `${name}` is a value, `${fill:N}` is N letters.
 *
 * @throws Error when nothing was captured under a name
 */
export function resolveTemplate(text: string, captured: Captured): string {
  if (!text.includes('${')) return text;
  return text.replaceAll(/\$\{(?:fill:(\d+)|([\w-]+))\}/g, (whole, length, name) => {
    if (typeof length === 'string') return 'x'.repeat(Number(length));
    const value = typeof name === 'string' ? captured.get(name) : undefined;
    if (value === undefined) throw new Error(`nothing was captured for ${whole}`);
    return value;
  });
}

/** Puts captured values into every text and name of a JSON value. */
export function resolveJson(value: Json, captured: Captured): Json {
  if (typeof value === 'string') return resolveTemplate(value, captured);
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map((item) => resolveJson(item, captured));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      resolveTemplate(name, captured),
      resolveJson(member, captured),
    ]),
  );
}

function isArray(
  value: readonly Json[] | Readonly<Record<string, Json>>,
): value is readonly Json[] {
  return Array.isArray(value);
}
