import type { Form } from './routes.ts';

const projectOfV4 = 'default';

/** Where the third version put a path elsewhere, or has none (spec 01 §3). The first that matches counts. */
const v3Paths: readonly (readonly [RegExp, string | undefined])[] = [
  [/^R\/version(?=$|\?)/, '/version'],
  [/^R\/health(?=$|\?)/, '/health'],
  [/^R\/health\/readiness(?=$|\?)/, undefined],
  [/^R\/events(?=$|\?)/, undefined],
  [/^R\/instances\/(?:action|status)(?=$|\?)/, undefined],
  [/^R\//, '/registry/v3/'],
  [/^G\/microservices\/(?=[^?])/, '/registry/v3/govern/service/'],
  [/^G\/microservices(?=$|\?)/, '/registry/v3/govern/services'],
  [/^G\/relations(?=$|\?)/, '/registry/v3/govern/relation'],
  [/^[GA]\//, undefined],
];

const v4Prefixes: readonly (readonly [string, string])[] = [
  ['R/', `/v4/${projectOfV4}/registry/`],
  ['G/', `/v4/${projectOfV4}/govern/`],
  ['A/', `/v4/${projectOfV4}/admin/`],
];

/**
 * The path as it is sent.
 *
 * @returns undefined when the form has no such path
 */
export function pathIn(form: Form, path: string): string | undefined {
  if (path.startsWith('/')) return form === 'v4' ? path : undefined;
  if (form === 'v3') {
    const rule = v3Paths.find(([expression]) => expression.test(path));
    return rule?.[1] === undefined ? undefined : path.replace(rule[0], rule[1]);
  }
  const prefix = v4Prefixes.find(([short]) => path.startsWith(short));
  if (prefix === undefined) throw new Error(`the path ${path} begins with none of R/ G/ A/ and /`);
  return prefix[1] + path.slice(prefix[0].length);
}
