/** A range of keys as etcd takes it: from `key` up to, not including, `range_end`. */
export interface KeyRange {
  readonly key: Buffer;
  readonly range_end: Buffer;
}

/** As the end of a range: no end; as its begin: the least key there is. */
const zeroByte = Buffer.from([0]);

/** All keys. */
export const wholeKeySpace: KeyRange = { key: zeroByte, range_end: zeroByte };

/** All keys that start with a prefix. */
export function prefixRange(prefix: string): KeyRange {
  if (prefix === '') return wholeKeySpace;
  const key = Buffer.from(prefix);
  const end = Buffer.from(key);
  // No byte of UTF-8 is 0xff, so the last one can be counted up.
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return { key, range_end: end };
}

/** The keys of a range that come after one of them. */
export function rangeAfter({ range_end }: KeyRange, key: Buffer): KeyRange {
  return { key: Buffer.concat([key, zeroByte]), range_end };
}
