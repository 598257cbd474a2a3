/** Whether a key holds a code unit at which the order of UTF-16 and the order of UTF-8 may part. */
const highCodeUnit = /[\uD800-\uFFFF]/;

/** Compares two keys: negative when the first comes first, 0 when they are equal. */
export type KeyOrder = (left: string, right: string) => number;

function compareCodeUnits(left: string, right: string): number {
  if (left < right) return -1;
  return left === right ? 0 : 1;
}

/** The order of etcd: by the bytes of the UTF-8 form, which is the order of code points. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/**
 * The cheapest comparison that is right for a key against any other key.
 *
 * JavaScript compares code units. That differs from the order of code points only where both strings have a code unit
 * from U+D800 on: a surrogate stands for a code point above U+FFFF but is smaller than U+E000. A key without one, and
 * nearly all are ASCII, can be compared natively.
 */
export function keyOrderFor(key: string): KeyOrder {
  return highCodeUnit.test(key) ? compareKeys : compareCodeUnits;
}

/** Moves surrogates behind the rest of the basic plane. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}
