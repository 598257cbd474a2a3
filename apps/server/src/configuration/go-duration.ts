const unitMs: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

const durationPattern = /^\+?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const partPattern = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Reads a duration in Go's syntax, such as `90s`, `1h30m` or `1.5s` (spec 05 §6.1). Negative ones are refused: none of
 * the registry's durations can be.
 *
 * @returns milliseconds, or undefined when the text is not a duration
 */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > 64 || !durationPattern.test(text)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(partPattern)) {
    sumMs += Number(amount) * (unitMs.get(unit) ?? 0);
  }
  return sumMs;
}
