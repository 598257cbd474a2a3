import { join, relative } from 'node:path';

/** What the system's socket addresses hold, without the end mark (104 bytes on macOS, 108 on Linux). */
const longestPath = 103;

/**
 * Where the owner of a data directory listens for commands: a socket in the directory itself, so that who may read
 * and write the data may give commands, and nobody else.
 *
 * @returns the shorter of the absolute path and the one from the working directory; undefined when both are too long
 */
export function controlSocketPath(
  dataDirectory: string,
  workingDirectory: string = process.cwd(),
): string | undefined {
  const absolute = join(dataDirectory, 'control.sock');
  return [absolute, relative(workingDirectory, absolute)]
    .toSorted((left, right) => left.length - right.length)
    .find((path) => Buffer.byteLength(path) <= longestPath);
}
