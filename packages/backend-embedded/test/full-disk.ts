import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';

import type { ScratchDirectory } from './scratch-directory.ts';

/** A place that can be made to refuse what is written to it, and to take it again. */
export interface LimitedDisk extends AsyncDisposable {
  /** A directory on it that is not there yet. */
  readonly directory: string;
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
}

/** A file system of its own that can be full, as a disk can. Needs the right to mount. */
async function mountSmallDisk(scratch: ScratchDirectory): Promise<LimitedDisk> {
  const mountPoint = scratch.at('disk');
  const ballast = scratch.at('disk', 'ballast');
  await mkdir(mountPoint);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mountPoint]);
  return {
    directory: scratch.at('disk', 'data'),
    async fill() {
      await writeFile(ballast, Buffer.alloc(8 * 1024 * 1024)).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      });
    },
    async makeRoom() {
      await rm(ballast);
    },
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [mountPoint]);
    },
  };
}

function limitFilesTo(bytes: string): void {
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`]);
}

/** The largest size of a file that this process may write, which every user may lower. */
async function limitFileSize(scratch: ScratchDirectory): Promise<LimitedDisk> {
  return {
    directory: scratch.at('data'),
    async fill() {
      limitFilesTo('4096');
    },
    async makeRoom() {
      limitFilesTo('unlimited');
    },
    async [Symbol.asyncDispose]() {
      limitFilesTo('unlimited');
    },
  };
}

function mayMount(): boolean {
  return (
    spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0 &&
    process.getuid?.() === 0
  );
}

/** The ways to fill a disk that this user has; never none. */
export const limitedDisks: readonly {
  readonly name: string;
  readonly create: (scratch: ScratchDirectory) => Promise<LimitedDisk>;
}[] = [
  { name: 'the file size limit is reached', create: limitFileSize },
  ...(mayMount() ? [{ name: 'the disk is full', create: mountSmallDisk }] : []),
];
