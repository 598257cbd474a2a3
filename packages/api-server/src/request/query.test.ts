import { describe, expect, it } from 'vitest';

import { Query } from './query.ts';

describe('Query', () => {
  it('gives the first value of a repeated parameter', () => {
    expect(new Query('a=1&a=2').get('a')).toBe('1');
  });

  it('decodes escapes and plus signs', () => {
    expect(new Query('v=1.0%2B&n=a+b').get('v')).toBe('1.0+');
    expect(new Query('v=1.0%2B&n=a+b').get('n')).toBe('a b');
    expect(new Query('a%3Db=c').get('a=b')).toBe('c');
  });

  it('skips pairs with a semicolon or a broken escape', () => {
    const query = new Query('a=1;b=2&c=%zz&d=3');
    expect(query.get('a')).toBe('');
    expect(query.get('c')).toBe('');
    expect(query.get('d')).toBe('3');
  });

  it('does not mistake the names of object members for parameters', () => {
    expect(new Query('').get('constructor')).toBe('');
    expect(new Query('__proto__=x').get('__proto__')).toBe('x');
  });

  it.each(['1', 'true', 'TRUE', '%20True%20'])('takes %s for true', (value) => {
    expect(new Query(`f=${value}`).isTrue('f')).toBe(true);
  });

  it.each(['', '0', 'false', 'yes', '2', '1,'])('does not take %s for true', (value) => {
    expect(new Query(`f=${value}`).isTrue('f')).toBe(false);
  });
});
