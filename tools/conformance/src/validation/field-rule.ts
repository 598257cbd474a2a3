import type { Json } from '../case/json.ts';
import type { Format } from './formats.ts';

/** What a field must be (spec 01 §6). */
export type FieldRule = TextRule | IntegerRule | CountRule | PresenceRule | MapRule;

/** A text. `min` counts bytes and `max` code points. */
export interface TextRule {
  readonly kind: 'text';
  readonly format: Format;
  /** Default 0. */
  readonly min?: number;
  readonly max?: number;
  /** A field that a default fills when it is empty, and one that may be left out, accept nothing at all. */
  readonly isOptional?: boolean;
}

/** A whole number of 32 bits. */
interface IntegerRule {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly isOptional?: boolean;
}

/** A list or a map: how many entries it may have. `fill` makes one of a size. */
interface CountRule {
  readonly kind: 'count';
  readonly min: number;
  readonly max?: number;
  readonly fill: (size: number) => Json;
  /** A value of another type than the field's. */
  readonly wrongTypes: readonly Json[];
}

/** An object that must be there. */
interface PresenceRule {
  readonly kind: 'required-object';
}

/** A map from text to text. */
interface MapRule {
  readonly kind: 'text-map';
}

/** A value on one side of an edge. */
export interface Sample {
  /** Undefined means that the field is left out. */
  readonly value: Json | undefined;
  readonly isAccepted: boolean;
  /** What is special about it. */
  readonly about: string;
}

/** Values on both sides of every edge of a rule. */
export function samplesOf(rule: FieldRule): Sample[] {
  switch (rule.kind) {
    case 'text':
      return textSamples(rule);
    case 'integer':
      return integerSamples(rule);
    case 'count':
      return [
        ...[rule.min - 1, rule.min, ...(rule.max === undefined ? [] : [rule.max, rule.max + 1])]
          .filter((size) => size >= 0)
          .map((size) => ({
            value: rule.fill(size),
            isAccepted: size >= rule.min && size <= (rule.max ?? size),
            about: `${size} entries`,
          })),
        { value: undefined, isAccepted: rule.min === 0, about: 'left out' },
        { value: null, isAccepted: rule.min === 0, about: 'null' },
        ...rule.wrongTypes.map((value) => refusedType(value)),
      ];
    case 'required-object':
      return [
        { value: undefined, isAccepted: false, about: 'left out' },
        { value: null, isAccepted: false, about: 'null' },
        ...[[], 'text', 1, true].map((value) => refusedType(value)),
      ];
    case 'text-map':
      return [
        { value: {}, isAccepted: true, about: 'empty' },
        { value: null, isAccepted: true, about: 'null' },
        { value: { '': '', ' b ': ' v ', é: '😀', '<': '&' }, isAccepted: true, about: 'any text' },
        ...[[], 'text', 1, true, { a: 1 }, { a: true }, { a: {} }, { a: ['b'] }].map((value) =>
          refusedType(value),
        ),
      ];
  }
}

function refusedType(value: Json): Sample {
  return { value, isAccepted: false, about: `wrong type ${JSON.stringify(value)}` };
}

function textSamples({ format, min = 0, max, isOptional = false }: TextRule): Sample[] {
  const samples: Sample[] = [
    { value: '', isAccepted: min === 0 || isOptional, about: 'empty' },
    { value: undefined, isAccepted: min === 0 || isOptional, about: 'left out' },
    { value: null, isAccepted: min === 0 || isOptional, about: 'null' },
    ...[1, true, {}, ['a']].map((value) => refusedType(value)),
    ...format.accepts
      .filter((value) => value !== '')
      .map((value) => ({ value, isAccepted: true, about: JSON.stringify(value) })),
    ...format.refuses.map((value) => ({
      value,
      isAccepted: false,
      about: JSON.stringify(value),
    })),
  ];
  const { ofLength, wideCharacter } = format;
  if (max !== undefined && ofLength !== undefined) {
    samples.push(
      { value: ofLength(max), isAccepted: true, about: `${max} characters` },
      { value: ofLength(max + 1), isAccepted: false, about: `${max + 1} characters` },
    );
  }
  if (max !== undefined && wideCharacter !== undefined) {
    samples.push(
      {
        value: wideCharacter.repeat(max),
        isAccepted: true,
        about: `${max} characters of four bytes`,
      },
      {
        value: wideCharacter.repeat(max + 1),
        isAccepted: false,
        about: `${max + 1} characters of four bytes`,
      },
    );
  }
  return samples;
}

function integerSamples({ min, max, isOptional = false }: IntegerRule): Sample[] {
  const isZeroRight = min <= 0;
  return [
    { value: min, isAccepted: true, about: String(min) },
    { value: max, isAccepted: true, about: String(max) },
    { value: min - 1, isAccepted: false, about: String(min - 1) },
    { value: max + 1, isAccepted: false, about: String(max + 1) },
    { value: -2_147_483_648, isAccepted: false, about: 'the smallest of 32 bits' },
    { value: -2_147_483_649, isAccepted: false, about: 'below 32 bits' },
    { value: 2_147_483_648, isAccepted: false, about: 'above 32 bits' },
    { value: 1.5, isAccepted: false, about: 'a fraction' },
    { value: 1e300, isAccepted: false, about: 'beyond any integer' },
    { value: undefined, isAccepted: isZeroRight || isOptional, about: 'left out' },
    { value: null, isAccepted: isZeroRight || isOptional, about: 'null' },
    ...['1', true, {}, [1]].map((value) => refusedType(value)),
  ];
}
