import type { StringMap } from '../model/string-map.ts';

const plainText = /^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7e]*$/;
const goEscaped = /[<>&\u2028\u2029]/g;
const nonAscii = /[^\0-\x7f]/;

/**
 * Encodes a string as the reference does (spec 02 §4.1): besides what JSON needs, `<`, `>`, `&`, U+2028 and U+2029 are
 * escaped, so that stored values are equal byte for byte.
 */
export function encodeText(text: string): string {
  if (plainText.test(text)) return `"${text}"`;
  return JSON.stringify(text.toWellFormed()).replace(
    goEscaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Encodes a map with its keys in byte order. */
export function encodeTextMap(map: StringMap): string {
  const keys = Object.keys(map);
  if (keys.some((key) => nonAscii.test(key))) keys.sort(compareBytes);
  else keys.sort();
  let json = '';
  for (const key of keys) {
    json += `${json === '' ? '{' : ','}${encodeText(key)}:${encodeText(map[key] ?? '')}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * Writes a JSON object member by member, in the order of the calls, compact, leaving out what is empty
 * (spec 01 §2.2). `keep` variants write the member in any case.
 */
export class JsonWriter {
  #json = '{';

  /** A string, unless it is empty. */
  text(name: string, value: string): this {
    return value === '' ? this : this.#member(name, encodeText(value));
  }

  /** A number, unless it is 0. */
  int(name: string, value: number): this {
    return value === 0 ? this : this.#member(name, String(value));
  }

  /** `true`, or nothing. */
  bool(name: string, value: boolean): this {
    return value ? this.#member(name, 'true') : this;
  }

  /** A list of strings, unless it is empty. */
  textList(name: string, values: readonly string[]): this {
    return values.length === 0 ? this : this.#member(name, `[${values.map(encodeText).join(',')}]`);
  }

  /** A map, unless it is empty. */
  textMap(name: string, map: StringMap): this {
    const json = encodeTextMap(map);
    return json === '{}' ? this : this.#member(name, json);
  }

  /** An object that encodes itself, unless it is undefined. An object without members is written as `{}`. */
  struct<T>(name: string, value: T | undefined, encode: (value: T) => string): this {
    return value === undefined ? this : this.#member(name, encode(value));
  }

  /** A list of objects, unless it is empty. */
  structList<T>(name: string, values: readonly T[], encode: (value: T) => string): this {
    return values.length === 0 ? this : this.#member(name, `[${values.map(encode).join(',')}]`);
  }

  /** A member whose JSON is there already; written in any case. */
  keep(name: string, json: string): this {
    return this.#member(name, json);
  }

  /** The object. */
  end(): string {
    return `${this.#json}}`;
  }

  #member(name: string, json: string): this {
    this.#json += `${this.#json.length === 1 ? '' : ','}"${name}":${json}`;
    return this;
  }
}
