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

/** The digest of every file in a directory by its name: equal before and after means that nothing was changed. */
export async function digestFiles(directory: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(directory)).toSorted()) {
    const content = await readFile(join(directory, name));
    digests[name] = `${content.length} ${createHash('sha256').update(content).digest('hex')}`;
  }
  return digests;
}
