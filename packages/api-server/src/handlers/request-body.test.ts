import { ServiceCenterError } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { decodeBody, decodeTags, undecodable } from './request-body.ts';

function failureOf(action: () => unknown): ServiceCenterError {
  try {
    action();
  } catch (error) {
    if (ServiceCenterError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function name(body: string, detail?: string): string {
  return decodeBody(body, (fields) => fields.text('name'), detail);
}

describe('decodeBody', () => {
  it('reads members', () => {
    expect(name(' {"NAME":"n"}\n')).toBe('n');
  });

  it('takes null for an object without members', () => {
    expect(name('null')).toBe('');
  });

  it.each(['', ' ', '{', '{"name":1}', '[]', '{"name":"n"} x', '{"name":"n"}{}', '\ufeff{}'])(
    'refuses %s',
    (body) => {
      expect(failureOf(() => name(body)).code).toBe('400001');
    },
  );

  it.each(['30.0', '3e1', '30.5', '2147483648', '"30"'])('takes %s for no integer', (literal) => {
    expect(() => decodeBody(`{"n":${literal}}`, (fields) => fields.int32('n'))).toThrow('n');
  });

  it('says what the route says of every body that it cannot decode', () => {
    expect(failureOf(() => name('{', undecodable)).detail).toBe('Unmarshal error');
  });

  it('does not take a fault of the reader for one of the body', () => {
    const fault = new TypeError('fault');
    expect(() =>
      decodeBody('{}', () => {
        throw fault;
      }),
    ).toThrow(fault);
  });
});

describe('decodeTags', () => {
  it('reads the member of exactly this name', () => {
    expect(decodeTags('{"tags":{"a":"b"}}')).toEqual({ a: 'b' });
    expect(decodeTags('{"TAGS":{"a":"b"}}')).toEqual({});
  });

  it.each(['null', '{}', '{"tags":null}', '{"tags":{}}'])('finds no tags in %s', (body) => {
    expect(decodeTags(body)).toEqual({});
  });

  it.each(['', '[]', '"x"', '{"tags":[]}', '{"tags":{"a":1}}', '{"tags":{},"note":"x"}'])(
    'refuses %s',
    (body) => {
      expect(failureOf(() => decodeTags(body)).code).toBe('400001');
    },
  );
});
