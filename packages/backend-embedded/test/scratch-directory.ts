import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of a test, removed with all it holds when the test is over. */
export class ScratchDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<ScratchDirectory> {
    return new ScratchDirectory(await mkdtemp(join(tmpdir(), 'embedded-store-')));
  }

  /** A path inside it that nothing is at yet. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

/**
 * The digest of every file in a directory by its name: equal before and after means that nothing was changed.
 *
 * Not for a directory that this process has open: closing a file drops every lock that the process has on it. See
 * {@link digestFilesOfOpenStore}.
 */
export async function digestFiles(directory: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(directory)).toSorted()) {
    const content = await readFile(join(directory, name));
    digests[name] = `${content.length} ${createHash('sha256').update(content).digest('hex')}`;
  }
  return digests;
}

/** {@link digestFiles} in another process, which leaves the locks of this one alone. */
export function digestFilesOfOpenStore(directory: string): string {
  return execFileSync(
    process.execPath,
    [...process.execArgv, `${import.meta.dirname}/processes/digest-files.ts`, directory],
    { encoding: 'utf8' },
  );
}
