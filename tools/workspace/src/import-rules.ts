/**
 * Who may import whom: the one table behind the lint rule for import statements and the check of the manifests.
 *
 * A package is imported by its name and its `exports` only. An entry with a path (`sdcommon/model`) allows that entry
 * point and no other.
 */
export interface ImportRule {
  /** Packages of this workspace that the shipped sources may import. */
  readonly sources: readonly string[];
  /** What tests may import on top: real parts to test against. */
  readonly tests: readonly string[];
}

/** The rule of each package, by its directory. A package that is not listed here fails the check. */
export const importRules: Readonly<Record<string, ImportRule>> = {
  'packages/sdcommon': { sources: [], tests: [] },
  'packages/backend-kv': { sources: ['sdcommon'], tests: [] },
  'packages/backend-etcd': { sources: ['sdcommon', 'backend-kv'], tests: ['testbed'] },
  'packages/backend-embedded': { sources: ['sdcommon', 'backend-kv'], tests: ['testbed'] },
  'packages/backend-mongo': { sources: ['sdcommon'], tests: ['testbed'] },
  'packages/aggregator': {
    sources: ['sdcommon'],
    tests: ['backend-kv', 'backend-embedded', 'testbed'],
  },
  'packages/registry': {
    sources: ['sdcommon', 'aggregator'],
    tests: ['backend-kv', 'backend-embedded', 'testbed'],
  },
  'packages/syncer': {
    sources: ['sdcommon', 'registry'],
    tests: ['aggregator', 'backend-kv', 'backend-embedded', 'testbed'],
  },
  'packages/api-server': {
    sources: ['sdcommon', 'registry'],
    tests: ['aggregator', 'backend-kv', 'backend-embedded', 'testbed'],
  },
  'packages/client': { sources: ['sdcommon/model'], tests: ['testbed'] },
  'apps/server': {
    sources: [
      'sdcommon',
      'backend-kv',
      'backend-etcd',
      'backend-embedded',
      'backend-mongo',
      'aggregator',
      'registry',
      'syncer',
      'api-server',
      'client',
    ],
    tests: ['testbed'],
  },
  'apps/console': { sources: ['sdcommon/model', 'client'], tests: ['testbed'] },
  'apps/scctl': { sources: ['client'], tests: ['testbed'] },
  'tools/testbed': { sources: ['sdcommon'], tests: [] },
  'tools/conformance': { sources: ['sdcommon'], tests: ['testbed', 'api-server/testing'] },
  'tools/bench': { sources: ['sdcommon', 'testbed'], tests: [] },
  'tools/workspace': { sources: ['testbed'], tests: [] },
  examples: { sources: ['client'], tests: ['testbed'] },
};

const scope = '@service-center/';

const packageNames = [
  ...new Set(
    Object.keys(importRules).map((directory) => directory.slice(directory.lastIndexOf('/') + 1)),
  ),
];

/** One pattern of the linter's `no-restricted-imports`. */
export interface RestrictedImport {
  readonly group?: readonly string[];
  readonly regex?: string;
  readonly message: string;
}

/** Files of a package that count as tests. */
export function testFilesOf(directory: string): string[] {
  return [`${directory}/src/**/*.test.ts`, `${directory}/test/**/*.ts`];
}

/**
 * The imports that are forbidden to a package's files.
 *
 * @param directory - the package, as in {@link importRules}
 * @param allowed - the packages, or single entry points of packages, that the files may import
 */
export function restrictedImports(
  directory: string,
  allowed: readonly string[],
): RestrictedImport[] {
  const forbidden = packageNames
    .filter((name) => !allowed.includes(name))
    .map((name) => {
      const entryPoints = allowed.filter((entry) => entry.startsWith(`${name}/`));
      return {
        group: [
          `${scope}${name}`,
          `${scope}${name}/*`,
          ...entryPoints.map((entry) => `!${scope}${entry}`),
        ],
        message: `${directory} must not import ${scope}${name}${entryPoints.length === 0 ? '' : ` but ${entryPoints.join(', ')}`} (tools/workspace/src/import-rules.ts).`,
      };
    });
  return [
    ...forbidden,
    {
      regex: String.raw`^(\.\./)+[^./][^/]*/(src|dist|test)/`,
      message: 'Another package is imported by its name and its exports, never by path.',
    },
    {
      regex: `^${scope}[^/]+/(src|dist)(/|$)`,
      message: 'Import an entry point of the package, never a file inside it.',
    },
  ];
}
