import { describe, expect, it } from 'vitest';

import { emptyStringMap, toStringMap } from '../model/string-map.ts';
import { encodeText, encodeTextMap, JsonWriter } from './json-writer.ts';

describe('encodeText', () => {
  it.each([
    ['plain text 1.0', '"plain text 1.0"'],
    ['', '""'],
    ['say "hi" \\ bye', '"say \\"hi\\" \\\\ bye"'],
    ['<a href="x?a=1&b=2">', '"\\u003ca href=\\"x?a=1\\u0026b=2\\"\\u003e"'],
    ['\u2028 and \u2029', '"\\u2028 and \\u2029"'],
    ['tab\tline\n\u0000\u001f', '"tab\\tline\\n\\u0000\\u001f"'],
    ['grüße 𝄞 日本', '"grüße 𝄞 日本"'],
  ])('encodes %j as the reference does', (text, encoded) => {
    expect(encodeText(text)).toBe(encoded);
    expect(JSON.parse(encoded)).toBe(text);
  });

  it('replaces lone surrogates, which no UTF-8 text can hold', () => {
    expect(encodeText('a\ud800b')).toBe('"a\ufffdb"');
  });
});

describe('encodeTextMap', () => {
  it('sorts keys by their bytes', () => {
    // By UTF-16 units the surrogates of 𝄞 come before ｚ, by UTF-8 bytes after it.
    const map = toStringMap([
      ['𝄞', '1'],
      ['ｚ', '2'],
      ['b', '3'],
      ['B', '4'],
      ['a.b', '5'],
      ['a', '6'],
    ]);

    expect(encodeTextMap(map)).toBe('{"B":"4","a":"6","a.b":"5","b":"3","ｚ":"2","𝄞":"1"}');
  });

  it('escapes keys and values', () => {
    expect(encodeTextMap(toStringMap([['<k>', '&']]))).toBe('{"\\u003ck\\u003e":"\\u0026"}');
  });

  it('treats __proto__ and numbers like any other key', () => {
    const map = toStringMap([
      ['b', '1'],
      ['__proto__', '2'],
      ['10', '3'],
      ['9', '4'],
    ]);

    expect(encodeTextMap(map)).toBe('{"10":"3","9":"4","__proto__":"2","b":"1"}');
    expect(encodeTextMap(emptyStringMap)).toBe('{}');
  });
});

describe('JsonWriter', () => {
  it('leaves out what is empty', () => {
    const json = new JsonWriter()
      .text('text', '')
      .int('int', 0)
      .bool('bool', false)
      .textList('list', [])
      .textMap('map', emptyStringMap)
      .struct('struct', undefined, () => 'never')
      .structList('structs', [], () => 'never')
      .end();

    expect(json).toBe('{}');
  });

  it('writes the rest in the order of the calls', () => {
    const json = new JsonWriter()
      .text('text', 'a')
      .int('int', -5)
      .bool('bool', true)
      .textList('list', ['', '<'])
      .textMap('map', toStringMap([['k', 'v']]))
      .struct('struct', 1, (value) => `[${value}]`)
      .structList('structs', [1, 2], String)
      .keep('kept', 'null')
      .end();

    expect(json).toBe(
      '{"text":"a","int":-5,"bool":true,"list":["","\\u003c"],"map":{"k":"v"},"struct":[1],"structs":[1,2],"kept":null}',
    );
  });

  it('keeps an object without members', () => {
    const json = new JsonWriter().struct('healthCheck', {}, () => '{}').end();

    expect(json).toBe('{"healthCheck":{}}');
  });
});
