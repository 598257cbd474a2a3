import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the checks read from a package's `package.json`. */
interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace. */
export interface WorkspacePackage {
  /** Its directory below the root, such as `packages/sdcommon`. */
  readonly directory: string;
  readonly manifest: Manifest;
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
  );
}

/**
 * All packages of the workspace but the root, by directory.
 *
 * @param root - the root of the workspace, absolute
 */
export async function readWorkspacePackages(root: string): Promise<WorkspacePackage[]> {
  const directories = globSync(['packages/*', 'apps/*', 'tools/*', 'examples'], { cwd: root })
    .filter((directory) => existsSync(join(root, directory, 'package.json')))
    .toSorted();
  return Promise.all(
    directories.map(async (directory) => {
      const manifest: unknown = JSON.parse(
        await readFile(join(root, directory, 'package.json'), 'utf8'),
      );
      if (!isManifest(manifest)) throw new TypeError(`${directory}/package.json has no name`);
      return { directory, manifest };
    }),
  );
}
