import { expect, test } from 'vitest';

import { undocumentedExports } from './docstrings.ts';

/** The names without docstring in a made-up build whose entry point is `index.d.ts`. */
function undocumented(files: Readonly<Record<string, string>>): string[] {
  return undocumentedExports('dist/index.d.ts', (file) => {
    const text = files[file.replace('dist/', '')];
    if (text === undefined) throw new Error(`no ${file}`);
    return text;
  }).map(({ name }) => name);
}

test('finds declarations of every kind without a docstring', () => {
  const text = [
    '/** Said. */',
    'export declare const said: 1;',
    'export declare const constant: 1;',
    'export declare function plain(): void;',
    'export declare abstract class Class {',
    '    /** A member. */',
    '    member(): void;',
    '}',
    'export interface Shape {',
    '}',
    'export type Alias = 1;',
    'declare const internal: 2;',
    'export {};',
  ].join('\n');
  expect(undocumented({ 'index.d.ts': text })).toEqual([
    'constant',
    'plain',
    'Class',
    'Shape',
    'Alias',
  ]);
});

test('follows re-exports and judges only the names that leave the package', () => {
  expect(
    undocumented({
      'index.d.ts': `export * from './area/index.js';\nexport { picked, type Other as Renamed } from './picked.js';\n`,
      'area/index.d.ts': `export * from './deep.js';\nexport * from 'rxjs';\n`,
      'area/deep.d.ts': 'export declare const deep: 1;\n',
      'picked.d.ts': [
        '/** Said. */',
        'export declare function picked(): void;',
        'export declare function notPicked(): void;',
        'export interface Other {}',
      ].join('\n'),
    }),
  ).toEqual(['Other', 'deep']);
});

test('one docstring is enough for an overloaded function', () => {
  const text = [
    '/** Said once. */',
    'export declare function f(a: string): void;',
    'export declare function f(a: number): void;',
  ].join('\n');
  expect(undocumented({ 'index.d.ts': text })).toEqual([]);
});

test('survives files that re-export each other', () => {
  expect(
    undocumented({
      'index.d.ts': `export * from './other.js';\nexport { late } from './other.js';\n`,
      'other.d.ts': `export * from './index.js';\nexport declare const late: 1;\n`,
    }),
  ).toEqual(['late']);
});
