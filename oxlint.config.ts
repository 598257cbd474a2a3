import { basename } from 'node:path';

import { defineConfig } from 'oxlint';

import { importRules, restrictedImports, testFilesOf } from './tools/workspace/src/import-rules.ts';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest', 'jsdoc'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['**/dist/**', '**/coverage/**', '.toolchain/**'],
  env: { node: true, es2024: true },
  rules: {
    // Promises: each is awaited or owned.
    'typescript/no-floating-promises': ['error', { ignoreVoid: false, checkThenables: true }],
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/return-await': ['error', 'in-try-catch'],
    // A signal's reason is typed as unknown, and rejecting with it is how a wait ends.
    'typescript/prefer-promise-reject-errors': [
      'error',
      { allowThrowingAny: true, allowThrowingUnknown: true },
    ],
    'typescript/require-await': 'off',
    'promise/no-multiple-resolved': 'error',
    'eslint/no-promise-executor-return': 'error',
    // Often the order is the point: one write after the other, one page after the other.
    'eslint/no-await-in-loop': 'off',

    // Types tell the truth.
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-unsafe-type-assertion': 'error',
    'typescript/no-unsafe-function-type': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    'typescript/explicit-module-boundary-types': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/use-unknown-in-catch-callback-variable': 'error',
    'typescript/no-deprecated': 'error',
    // The compiler's noImplicitReturns says the same and knows an exhaustive switch.
    'typescript/consistent-return': 'off',
    'typescript/no-unnecessary-condition': 'error',
    'typescript/restrict-template-expressions': [
      'error',
      { allowNumber: true, allowBoolean: true, allowNullish: false, allowAny: false },
    ],

    // Imports.
    'typescript/consistent-type-imports': 'error',
    'typescript/no-import-type-side-effects': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-unassigned-import': 'off',
    // fast-check is meant to be used through its default export.
    'import/no-named-as-default-member': 'off',
    'node/no-path-concat': 'error',

    // Plain traps.
    'eslint/eqeqeq': 'error',
    'eslint/no-console': 'error',
    'eslint/no-param-reassign': 'error',
    'eslint/no-var': 'error',
    'eslint/prefer-const': 'error',
    'eslint/no-else-return': 'error',
    'eslint/no-empty': 'error',
    'eslint/no-shadow': 'error',
    // A leading underscore says that a value is there for its place or for its disposal.
    'eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'eslint/no-underscore-dangle': 'off',
    'unicorn/no-process-exit': 'error',
    'unicorn/prefer-node-protocol': 'error',
    'unicorn/throw-new-error': 'error',
    'unicorn/error-message': 'error',
    'unicorn/prefer-type-error': 'off',

    // TSDoc is written for people; types are in the signature already.
    'jsdoc/empty-tags': 'error',

    // Tests.
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
    'vitest/no-identical-title': 'error',
    // A helper whose name begins with expect asserts as well.
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
    // Contract suites are functions that hold expectations and are called from a package's tests.
    'vitest/no-standalone-expect': 'off',
    // A bare toThrow() is right where the contract does not fix which error comes.
    'vitest/require-to-throw-message': 'off',
  },
  overrides: [
    ...Object.entries(importRules).flatMap(([directory, { sources, tests }]) => [
      {
        files: [`${directory}/**/*.ts`],
        rules: {
          'eslint/no-restricted-imports': [
            'error' as const,
            { patterns: restrictedImports(directory, sources) },
          ],
        },
      },
      {
        files: testFilesOf(directory),
        rules: {
          'eslint/no-restricted-imports': [
            'error' as const,
            { patterns: restrictedImports(directory, [basename(directory), ...sources, ...tests]) },
          ],
        },
      },
    ]),
    {
      // Plain JavaScript: its JSDoc types are checked by the compiler, but the linter takes an annotated value for `any`.
      files: ['tools/workspace/prepare.mjs'],
      rules: { 'typescript/no-unsafe-assignment': 'off' },
    },
    {
      files: ['*.config.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
});
