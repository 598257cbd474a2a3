const maxParts = 4;
const maxPart = 32_767;
const partPattern = /^\d+$/;

/**
 * A version as one comparable number: up to four parts of 16 bits, missing parts are 0 (spec 04 §1.6).
 * A text with a part that is no number, or is over 32767, counts as 0; parts after the fourth do not count.
 */
export function versionNumber(version: string): bigint {
  const parts = version.split('.', maxParts);
  let number = 0n;
  for (let index = 0; index < maxParts; index++) {
    const part = parts[index] ?? '0';
    if (!partPattern.test(part) || Number(part) > maxPart) return 0n;
    number = (number << 16n) | BigInt(part);
  }
  return number;
}

/** Whether every dot-separated part of a version is within 0..32767. */
export function isVersionInRange(version: string): boolean {
  return version.split('.').every((part) => partPattern.test(part) && Number(part) <= maxPart);
}

/** Orders versions newest first. Versions that are equal as numbers keep their order in a stable sort. */
export function compareNewestFirst(left: string, right: string): number {
  const difference = versionNumber(right) - versionNumber(left);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
