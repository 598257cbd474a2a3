import type { StringMap } from '@service-center/sdcommon';

/** Splits the `tags` parameter; empty for none (spec 04 §1.7). */
export function splitTags(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}

/** Whether tags have all of the keys; values do not count. */
export function hasAllTags(tags: StringMap, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(tags, key));
}
