import { emptyStringMap, type StringMap } from '../model/string-map.ts';
import { JsonShapeError } from './json-shape-error.ts';

const maxInt32 = 2_147_483_647;
const minInt32 = -2_147_483_648;

const unlikeInteger = /[[:,]\s*-?\d+[.eE]/;
const integerLiteral = /^-?\d+$/;

/** Reads one element of an array or one member that is an object. */
export type StructReader<T> = (fields: FieldReader) => T;

/**
 * Reads the members of a JSON object by name, with the reference's rules (spec 01 §2.1): names match in any letter
 * case, `null` is the same as absent, unknown members do not count, a wrong type is an error that names the member.
 */
export class FieldReader {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #path: string;

  private constructor(source: Readonly<Record<string, unknown>>, path: string) {
    this.#source = source;
    this.#path = path;
  }

  /**
   * Opens a value that has to be an object.
   *
   * @throws JsonShapeError when it is not
   */
  static open(value: unknown, path = ''): FieldReader {
    if (!isObject(value)) {
      throw new JsonShapeError(path, `must be an object, not ${describe(value)}`);
    }
    return new FieldReader(value, path);
  }

  /**
   * Parses a text that has to be a JSON object.
   *
   * @throws JsonShapeError when it is not
   */
  static parse(text: string): FieldReader {
    let value: unknown;
    try {
      value = unlikeInteger.test(text) ? JSON.parse(text, keepIntegerLiterals) : JSON.parse(text);
    } catch (error) {
      throw new JsonShapeError('', error instanceof Error ? error.message : 'not JSON', {
        cause: error,
      });
    }
    return FieldReader.open(value);
  }

  /** Whether the member is there and not null. */
  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** A string; `''` when absent. */
  text(name: string): string {
    const value = this.#get(name);
    if (value === undefined) return '';
    return this.#string(value, name);
  }

  /** A 32-bit integer; 0 when absent. */
  int32(name: string): number {
    const value = this.#get(name);
    if (value === undefined) return 0;
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw this.#wrong(name, 'an integer', value);
    }
    if (value > maxInt32 || value < minInt32) {
      throw new JsonShapeError(this.#member(name), 'must fit into 32 bits');
    }
    return value;
  }

  /** A boolean; false when absent. */
  bool(name: string): boolean {
    const value = this.#get(name);
    if (value === undefined) return false;
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false', value);
    return value;
  }

  /** A list of strings; empty when absent. */
  textList(name: string): readonly string[] {
    return this.#array(name).map((element, index) => this.#string(element, `${name}[${index}]`));
  }

  /** An object of strings; empty when absent. */
  textMap(name: string): StringMap {
    const value = this.#get(name);
    if (value === undefined) return emptyStringMap;
    return readStringMap(value, this.#member(name));
  }

  /** An object; undefined when absent. */
  struct<T>(name: string, read: StructReader<T>): T | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    return read(FieldReader.open(value, this.#member(name)));
  }

  /** A list of objects; empty when absent. A null element is an error that names its place. */
  structList<T>(name: string, read: StructReader<T>): readonly T[] {
    return this.#array(name).map((element, index) =>
      read(FieldReader.open(element, this.#member(`${name}[${index}]`))),
    );
  }

  #array(name: string): readonly unknown[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'an array', value);
    return value;
  }

  #string(value: unknown, name: string): string {
    if (typeof value !== 'string') throw this.#wrong(name, 'a string', value);
    return value.isWellFormed() ? value : value.toWellFormed();
  }

  #get(name: string): unknown {
    const source = this.#source;
    if (Object.hasOwn(source, name)) return source[name] ?? undefined;
    // Most names that miss are members left out: comparing lengths first settles that without making anything.
    const lower = name.toLowerCase();
    let value: unknown;
    for (const key in source) {
      if (key.length === name.length && key.toLowerCase() === lower) value = source[key];
    }
    return value ?? undefined;
  }

  #member(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #wrong(name: string, wanted: string, value: unknown): JsonShapeError {
    return new JsonShapeError(this.#member(name), `must be ${wanted}, not ${describe(value)}`);
  }
}

/**
 * Reads an object whose members are all strings.
 *
 * @throws JsonShapeError when it is no object, or a member is no string
 */
export function readStringMap(value: unknown, path = ''): StringMap {
  if (!isObject(value)) {
    throw new JsonShapeError(path, `must be an object, not ${describe(value)}`);
  }
  const map: Record<string, string> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    // Go decodes null into the zero value of a map's element, so a stored or sent null is an empty string.
    if (member !== null && typeof member !== 'string') {
      throw new JsonShapeError(
        path === '' ? key : `${path}.${key}`,
        `must be a string, not ${describe(member)}`,
      );
    }
    map[key.toWellFormed()] = (member ?? '').toWellFormed();
  }
  return map;
}

// JSON.parse makes 30 of `30.0` and `3e1`, which are no integers to the reference. Only a text that may have such a
// number pays for looking at each literal.
function keepIntegerLiterals(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || integerLiteral.test(context?.source ?? '')) return value;
  return Number.NaN;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
