import { describe, expect, it } from 'vitest';

import { FieldReader, readStringMap } from './field-reader.ts';
import { JsonShapeError } from './json-shape-error.ts';

describe('FieldReader', () => {
  it('reads absent and null members as empty', () => {
    for (const text of [
      '{}',
      '{"text":null,"int":null,"bool":null,"list":null,"map":null,"struct":null,"structs":null}',
    ]) {
      const fields = FieldReader.parse(text);
      expect(fields.has('text')).toBe(false);
      expect(fields.text('text')).toBe('');
      expect(fields.int32('int')).toBe(0);
      expect(fields.bool('bool')).toBe(false);
      expect(fields.textList('list')).toEqual([]);
      expect(fields.textMap('map')).toEqual({});
      expect(fields.struct('struct', readName)).toBeUndefined();
      expect(fields.structList('structs', readName)).toEqual([]);
    }
  });

  it('finds members in any letter case, the exact one first', () => {
    expect(FieldReader.parse('{"Instances":["a"]}').textList('instances')).toEqual(['a']);
    expect(FieldReader.parse('{"LBSTRATEGY":{"a":"b"}}').textMap('LBStrategy')).toEqual({ a: 'b' });
    const both = FieldReader.parse('{"NAME":"folded","name":"exact"}');
    expect(both.text('name')).toBe('exact');
    expect(both.has('nAmE')).toBe(true);
  });

  it('takes the last of equal members and ignores unknown ones', () => {
    const fields = FieldReader.parse('{"name":"a","extra":[1],"name":"b"}');

    expect(fields.text('name')).toBe('b');
  });

  it('does not confuse members with what every object inherits', () => {
    const fields = FieldReader.parse('{}');

    expect(fields.text('constructor')).toBe('');
    expect(fields.text('__proto__')).toBe('');
    expect(fields.has('toString')).toBe(false);
  });

  it('keeps a map key named __proto__', () => {
    const map = FieldReader.parse('{"map":{"__proto__":"x","constructor":"y"}}').textMap('map');

    expect(Object.keys(map)).toEqual(['__proto__', 'constructor']);
    expect(map['__proto__']).toBe('x');
    expect(Object.getPrototypeOf(map)).toBeNull();
  });

  it('reads null in a map as an empty string', () => {
    expect(FieldReader.parse('{"map":{"a":null}}').textMap('map')).toEqual({ a: '' });
  });

  it('replaces lone surrogates', () => {
    const fields = FieldReader.parse(
      '{"text":"a\\ud800","list":["\\udc00b"],"map":{"\\ud800":"\\udfff"}}',
    );

    expect(fields.text('text')).toBe('a\ufffd');
    expect(fields.textList('list')).toEqual(['\ufffdb']);
    expect(fields.textMap('map')).toEqual({ '\ufffd': '\ufffd' });
  });

  it('accepts integers of 32 bits only', () => {
    expect(readInt('2147483647')).toBe(2_147_483_647);
    expect(readInt('-2147483648')).toBe(-2_147_483_648);
    expect(() => readInt('2147483648')).toThrow("field 'n' must fit into 32 bits");
    expect(() => readInt('-2147483649')).toThrow("field 'n' must fit into 32 bits");
    expect(() => readInt('99999999999999999999')).toThrow("field 'n' must fit into 32 bits");
    expect(() => readInt('30.0')).toThrow("field 'n' must be an integer, not a number");
    expect(() => readInt('3e1')).toThrow("field 'n' must be an integer, not a number");
    expect(() => readInt('1.5')).toThrow("field 'n' must be an integer, not a number");
    expect(() => readInt('"1"')).toThrow("field 'n' must be an integer, not a string");
  });

  it.each([
    ['{"text":5}', "field 'text' must be a string, not a number"],
    ['{"bool":"true"}', "field 'bool' must be true or false, not a string"],
    ['{"list":"a"}', "field 'list' must be an array, not a string"],
    ['{"list":["a",null]}', "field 'list[1]' must be a string, not null"],
    ['{"map":[]}', "field 'map' must be an object, not an array"],
    ['{"map":{"a":true}}', "field 'map.a' must be a string, not a boolean"],
    ['{"struct":"x"}', "field 'struct' must be an object, not a string"],
    ['{"struct":{"name":{}}}', "field 'struct.name' must be a string, not an object"],
    ['{"structs":[{"name":"a"},null]}', "field 'structs[1]' must be an object, not null"],
    ['{"structs":[{"name":7}]}', "field 'structs[0].name' must be a string, not a number"],
  ])('names the member of the wrong type in %s', (text, message) => {
    const read = (): void => {
      const fields = FieldReader.parse(text);
      fields.text('text');
      fields.bool('bool');
      fields.textList('list');
      fields.textMap('map');
      fields.struct('struct', readName);
      fields.structList('structs', readName);
    };

    expect(read).toThrow(new JsonShapeError('', message));
  });

  it.each(['', ' ', '{', '{"a":1}x', '{"a":1,}', "{'a':1}", 'undefined'])(
    'refuses %j, which is no JSON, and keeps the cause',
    (text) => {
      const failure = errorOf(() => FieldReader.parse(text));

      expect(failure).toBeInstanceOf(JsonShapeError);
      expect(failure instanceof Error && failure.cause).toBeInstanceOf(SyntaxError);
    },
  );

  it.each(['null', '[]', '"a"', '1', 'true'])('refuses %s, which is no object', (text) => {
    expect(() => FieldReader.parse(text)).toThrow(JsonShapeError);
  });
});

describe('readStringMap', () => {
  it('names the member, with or without a path', () => {
    expect(() => readStringMap({ a: 1 })).toThrow("field 'a' must be a string, not a number");
    expect(() => readStringMap({ a: 1 }, 'tags')).toThrow("field 'tags.a' must be a string");
    expect(() => readStringMap('x', 'tags')).toThrow("field 'tags' must be an object");
  });
});

function readInt(json: string): number {
  return FieldReader.parse(`{"n":${json}}`).int32('n');
}

function readName(fields: FieldReader): string {
  return fields.text('name');
}

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
