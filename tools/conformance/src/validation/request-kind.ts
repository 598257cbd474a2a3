import type { Expectation, HttpStep, Step } from '../case/case.ts';
import type { Json } from '../case/json.ts';
import type { Form, RouteName } from '../case/routes.ts';
import type { FieldRule } from './field-rule.ts';

/** Where a field of a request stands. Only a body can carry anything but text; `name` is the name of a member in it. */
export type Place = 'body' | 'name' | 'query' | 'segment' | 'header';

/** A field of a request and the rule for it. */
export interface Field {
  /** As the specification calls it. */
  readonly name: string;
  readonly place: Place;
  readonly rule: FieldRule;
  /** The request with this value in the field, or without the field; right in everything else. */
  readonly request: (value: Json | undefined) => HttpStep['request'];
  /** What a right value brings, when it is not what the request brings otherwise. */
  readonly accepted?: Expectation;
  /** Samples that mean something else in this field, by what is special about them. */
  readonly skips?: readonly string[];
}

/** A request whose fields are validated (spec 01 §6). */
export interface RequestKind {
  readonly route: RouteName;
  /** What must be there before. */
  readonly setup: readonly Step[];
  /** What a right value brings. */
  readonly accepted: Expectation;
  /** Proves that a refused request left nothing behind. */
  readonly untouched?: readonly Step[];
  readonly fields: readonly Field[];
  readonly forms?: readonly Form[];
}
