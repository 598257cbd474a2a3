import type { Expectation, RequestTemplate } from '../case/case.ts';
import { isJsonArray, isJsonObject, type Json } from '../case/json.ts';
import type { FieldRule } from './field-rule.ts';
import type { Field } from './request-kind.ts';

/** A request without its field, to which a value is added. */
export interface RequestBase {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A rule, or a rule with what is special about the field. */
export type FieldEntry =
  | FieldRule
  | (Pick<Field, 'rule'> & Partial<Pick<Field, 'accepted' | 'skips'>>);

/** Makes fields of one JSON body: each is given by its dotted path into the body. */
export function bodyFields(
  base: RequestBase,
  body: Json,
  fields: Readonly<Record<string, FieldEntry>>,
): Field[] {
  return Object.entries(fields).map(([at, entry]) => bodyField(base, body, at, entry));
}

function bodyField(base: RequestBase, body: Json, at: string, entry: FieldEntry): Field {
  return {
    ...('rule' in entry ? entry : { rule: entry }),
    name: at,
    place: 'body',
    request: (value) => ({
      ...base,
      body: { kind: 'json', value: withValue(body, at.split('.'), value) },
    }),
  };
}

/** The value of a field where only texts can stand. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Makes fields of one query. */
export function queryFields(
  base: RequestBase,
  query: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, FieldRule>>,
): Field[] {
  return Object.entries(fields).map(([name, rule]) => ({
    name,
    place: 'query',
    rule,
    request: (value) => ({ ...base, path: base.path + queryText(query, name, value) }),
  }));
}

/** Makes a field of a path, in which it stands as `:name`. */
export function segmentField(
  base: RequestTemplate,
  name: string,
  rule: FieldRule,
  accepted?: Expectation,
): Field {
  return {
    name,
    place: 'segment',
    rule,
    request: (value) => ({
      ...base,
      path: base.path.replace(`:${name}`, () => encodeURIComponent(textOf(value))),
    }),
    ...(accepted === undefined ? {} : { accepted }),
  };
}

/** Makes a field of a header. */
export function headerField(base: RequestTemplate, name: string, rule: FieldRule): Field {
  return {
    name,
    place: 'header',
    rule,
    request: (value) => ({
      ...base,
      headers: { ...base.headers, ...(typeof value === 'string' ? { [name]: value } : {}) },
    }),
  };
}

function queryText(
  query: Readonly<Record<string, string>>,
  name: string,
  value: Json | undefined,
): string {
  const pairs = Object.entries({ ...query, [name]: value }).flatMap(([key, text]) =>
    typeof text === 'string' ? [`${key}=${encodeURIComponent(text)}`] : [],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A copy of a value in which one place is filled, or emptied. */
export function withValue(value: Json, path: readonly string[], filling: Json | undefined): Json {
  const [name, ...rest] = path;
  if (name === undefined) return filling ?? null;
  if (isJsonArray(value)) {
    return value.map((item, index) =>
      String(index) === name ? withValue(item, rest, filling) : item,
    );
  }
  const members = isJsonObject(value) ? value : {};
  if (rest.length === 0 && filling === undefined) {
    return Object.fromEntries(Object.entries(members).filter(([key]) => key !== name));
  }
  return { ...members, [name]: withValue(members[name] ?? {}, rest, filling) };
}
