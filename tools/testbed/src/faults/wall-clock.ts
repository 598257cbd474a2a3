import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { text } from 'node:stream/consumers';

import { wallClockSocketVariable } from './wall-clock-socket.ts';

const preload = pathToFileURL(join(import.meta.dirname, 'wall-clock-preload.ts')).href;

/**
 * The wall clock of a child process of Node, which can be moved while it runs. The monotonic clock and timers go on as if
 * nothing had happened, as they do when the clock of a machine is set.
 */
export class WallClock {
  /** The flags of Node that the child process has to be started with. */
  readonly nodeFlags: readonly string[] = [`--import=${preload}`];
  readonly #home: string;
  readonly #socketPath: string;

  private constructor(home: string) {
    this.#home = home;
    this.#socketPath = join(home, 'socket');
  }

  /** Prepares the clock of a process that is yet to be started. */
  static async prepare(): Promise<WallClock> {
    return new WallClock(await mkdtemp(join(tmpdir(), 'wall-clock-')));
  }

  /** The variables that the child process has to be started with. */
  get environment(): Readonly<Record<string, string>> {
    return { [wallClockSocketVariable]: this.#socketPath };
  }

  /**
   * Sets how far the clock is ahead of the machine's; resolves when it is.
   *
   * @throws Error when the process does not run
   */
  async moveTo(offsetMs: number): Promise<void> {
    const connection = connect(this.#socketPath);
    connection.end(String(offsetMs));
    const answer = await text(connection);
    if (answer !== 'moved') throw new Error(`the wall clock was not moved: '${answer}'`);
  }

  /** Removes what was made for the child process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }
}
