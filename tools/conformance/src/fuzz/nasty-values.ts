import type { Json } from '../case/json.ts';

/** Texts that have broken servers before. */
export const nastyTexts: readonly string[] = [
  ...['', ' ', '\t\n', '\u0000', '\u0001\u001f', '\u007f', '\u00a0', '\u2028', '\ufeff', '\ufffd'],
  ...['😀', 'e\u0301', '\ud800', '服务', 'a'.repeat(65), 'a'.repeat(161), 'a'.repeat(5000)],
  ...['😀'.repeat(64), '/', '//', '../..', '.', '..', 'a/b', '%', '%00', '%2F', '${x}', '`', "'", '"'],
  ...['\\', '<script>', '&amp;', '*', '+', '-', ':', ';', ',', '|', '(', '(a+)+$', '[', '.*', 'null'],
  ...['undefined', 'NaN', 'true', '0', '-1', '1e9', '__proto__', 'constructor', 'toString', 'latest'],
  ...['0+', '1-', '1-2-3', '32768', '0.0.0.0.0', 'SERVICECENTER', 'UP', 'production', 'default'],
];

/** Values of every type, and at the edges of every type. */
export const nastyValues: readonly Json[] = [
  ...nastyTexts,
  ...[null, true, false, 0, -0, 1, -1, 1.5, 65_536, 2_147_483_647, 2_147_483_648, -2_147_483_649],
  ...[9_007_199_254_740_993, 1e308, [], {}, [[]], [null], [{}], { '': '' }, { a: { b: { c: [] } } }],
  Array.from({ length: 101 }, () => 'a'),
];

/** Literals that JSON.stringify would never write. */
export const nastyLiterals: readonly string[] = [
  ...['1e999', '-1e999', '1E+2', '00', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', 'undefined'],
  ...['18446744073709551616', '1.0', '-0', 'nul', 'tru', '"\\u12"', '"\\x"', '"\u0001"', "'a'", '"'],
];

/** Segments of a path, as they are sent. */
export const nastySegments: readonly string[] = [
  ...['%00', '%2F', '%2f', '%2E%2E', '%2E', '..', '.', '%', '%zz', '%C0%AF', '%FF', '%ED%A0%80', '%20'],
  ...['%25', '%252F', '%0D%0A', '%F0%9F%98%80', '%22', '%3C', '%7B', '%5C', ':serviceId', '*', '~'],
  ...["'", '!', '$', '(', ')', ',', ';', '=', '@', '[', ']', '^', '{', '|', '}', 'a'.repeat(64)],
  ...['a'.repeat(65), 'a'.repeat(1500), '%C3%A9'.repeat(65), '', 'none'],
];
