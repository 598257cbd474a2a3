import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { onServerProcessor } from '../machine/processors.ts';

const run = promisify(execFile);

/** What a plain client does over and over: a module of this folder that runs as a process of its own. */
export type RawLoad = 'raw-keep-alives' | 'raw-registrations' | 'raw-transactions';

/** How hard it pushes. */
export interface RawLoadOptions {
  /** Of the etcd, such as `http://127.0.0.1:2379`. */
  readonly url: string;
  readonly concurrency: number;
  readonly seconds: number;
}

/**
 * Measures what etcd does for a plain client on the library that the server uses as well. The client runs where a server
 * would: on the same processor, as a process of the same Node.
 *
 * @returns how many per second
 */
export async function measureRawRate(
  load: RawLoad,
  { url, concurrency, seconds }: RawLoadOptions,
): Promise<number> {
  const [program, ...programArguments] = onServerProcessor;
  const { stdout } = await run(program, [
    ...programArguments,
    process.execPath,
    join(import.meta.dirname, `${load}.ts`),
    url,
    String(concurrency),
    String(seconds),
  ]);
  const rate = Number(stdout);
  if (!(rate > 0)) throw new Error(`${load} printed no rate: ${stdout}`);
  return rate;
}
