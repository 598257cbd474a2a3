/**
 * A JSON object of strings, such as properties or tags.
 * Objects made by the decoders have no prototype, so a key named `__proto__` is a key like any other.
 */
export type StringMap = Readonly<Record<string, string>>;

/** The map without entries. */
export const emptyStringMap: StringMap = Object.freeze(Object.create(null));

/** Whether the map has no entry. */
export function isEmptyStringMap(map: StringMap): boolean {
  for (const _ in map) return false;
  return true;
}

/** Builds a map without a prototype; a later entry of the same key wins. */
export function toStringMap(entries: Iterable<readonly [string, string]>): StringMap {
  const map: Record<string, string> = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}

/** Whether a map has every entry of another. */
export function containsStringMap(map: StringMap, part: StringMap): boolean {
  return Object.keys(part).every((key) => Object.hasOwn(map, key) && map[key] === part[key]);
}

/** Whether both maps have the same keys with the same values. */
export function isSameStringMap(left: StringMap, right: StringMap): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && left[key] === right[key]);
}
