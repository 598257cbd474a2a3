import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const source = join(import.meta.dirname, '../../native/disk-faults.c');
const buildDirectory = join(import.meta.dirname, '../../dist');
const library = join(buildDirectory, 'disk-faults.so');

/** Which faults a process gets. */
export interface DiskFaultsOptions {
  /** The directory whose files are watched; it has to exist. */
  readonly directory: string;
  /** Added to every sync, milliseconds. Default 0. */
  readonly syncDelayMs?: number;
  /** 0, the default: a power cut takes back all that was not synced; else the seed of a random half. */
  readonly seed?: number;
}

/**
 * Faults of the disk under a child process: slow syncs, and power cuts that take back what was not synced. Works by a
 * library that is loaded before the C library; compiles it at first use, which needs `cc` on Linux.
 */
export class DiskFaults {
  readonly #home: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(home: string, environment: Readonly<Record<string, string>>) {
    this.#home = home;
    this.#environment = environment;
  }

  /** @throws when the library cannot be compiled */
  static async prepare(options: DiskFaultsOptions): Promise<DiskFaults> {
    await buildLibrary();
    const home = await mkdtemp(join(tmpdir(), 'disk-faults-'));
    const fifo = join(home, 'power-cut');
    await run('mkfifo', [fifo]);
    return new DiskFaults(home, {
      LD_PRELOAD: library,
      DISK_FAULTS_ROOT: await realpath(options.directory),
      DISK_FAULTS_SYNC_DELAY_US: String(Math.round((options.syncDelayMs ?? 0) * 1000)),
      DISK_FAULTS_SEED: String(options.seed ?? 0),
      DISK_FAULTS_POWER_CUT: fifo,
    });
  }

  /** The variables that the child process has to be started with. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment;
  }

  /** Cuts the power of the child process, which ends with status 137. Wait for its end before looking at its files. */
  async cutPower(): Promise<void> {
    const fifo = await open(join(this.#home, 'power-cut'), 'r+');
    try {
      await fifo.write('x');
    } finally {
      await fifo.close();
    }
  }

  /** Removes what was made for the child process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }
}

async function buildLibrary(): Promise<void> {
  const [built, written] = await Promise.all([stat(library).catch(() => undefined), stat(source)]);
  if (built !== undefined && built.mtimeMs >= written.mtimeMs) return;
  await mkdir(buildDirectory, { recursive: true });
  // Several test processes may build at once: each into a name of its own, the last rename wins.
  const unfinished = `${library}.${process.pid}`;
  await run('cc', ['-O2', '-shared', '-fPIC', '-o', unfinished, source, '-ldl', '-lpthread']);
  await rename(unfinished, library);
}
