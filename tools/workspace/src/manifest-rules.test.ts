import { expect, test } from 'vitest';

import { manifestFindings } from './manifest-rules.ts';

const directory = 'packages/aggregator';
const name = '@service-center/aggregator';

test('a manifest within the rules has no findings', () => {
  const manifest = {
    name,
    dependencies: { '@service-center/sdcommon': 'workspace:*', rxjs: 'catalog:' },
    devDependencies: { '@service-center/backend-embedded': 'workspace:*', vitest: 'catalog:' },
    peerDependencies: { vitest: '^5.0.0' },
  };
  expect(manifestFindings({ directory, manifest })).toEqual([]);
});

test('a package that only tests may use is no dependency of the sources', () => {
  const manifest = { name, dependencies: { '@service-center/backend-embedded': 'workspace:*' } };
  expect(manifestFindings({ directory, manifest })).toEqual([
    'packages/aggregator must not name @service-center/backend-embedded in dependencies',
  ]);
});

test('a package that nobody below may use is not even a dependency of the tests', () => {
  const manifest = { name, devDependencies: { '@service-center/api-server': 'workspace:*' } };
  expect(manifestFindings({ directory, manifest })).toEqual([
    'packages/aggregator must not name @service-center/api-server in devDependencies',
  ]);
});

test('versions outside the catalog are named', () => {
  const manifest = {
    name,
    dependencies: { '@service-center/sdcommon': '0.1.0', rxjs: '^7.8.0' },
  };
  expect(manifestFindings({ directory, manifest })).toEqual([
    'packages/aggregator must take @service-center/sdcommon as workspace:*, not 0.1.0',
    'packages/aggregator must take rxjs from the catalog, not ^7.8.0',
  ]);
});

test('a package that the table does not know is a finding', () => {
  expect(
    manifestFindings({
      directory: 'packages/new',
      manifest: { name: '@service-center/new' },
    }),
  ).toEqual(['packages/new is not in the table of who may import whom (import-rules.ts)']);
});
