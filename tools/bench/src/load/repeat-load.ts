import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { loadProcessor } from '../machine/processors.ts';
import type { RepeatedRequest } from './http-exchange.ts';

const run = promisify(execFile);
const ratePattern = /Requests\/sec:\s+([\d.]+)/;
const failurePattern = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/;

/** How hard to push. */
export interface RepeatLoadOptions {
  readonly baseUrl: string;
  readonly request: RepeatedRequest;
  /** Paths to ask for in turn, in place of the request's own. */
  readonly paths?: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends one request over and over with wrk, on a processor of its own, so that the server is the limit and not the
 * client: a client written in JavaScript is about as slow as the servers it would compare.
 *
 * @returns answers per second
 * @throws Error when wrk is missing, or an answer was no success
 */
export async function repeatLoad(options: RepeatLoadOptions): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'bench-load-'));
  try {
    const script = join(home, 'request.lua');
    await writeFile(script, luaScript(options));
    const { stdout } = await run('taskset', [
      '-c',
      loadProcessor,
      'wrk',
      '-t1',
      `-c${options.connections}`,
      `-d${options.seconds}s`,
      `-s${script}`,
      new URL(options.request.path, options.baseUrl).href,
    ]);
    const failure = failurePattern.exec(stdout);
    if (failure !== null) throw new Error(`the load saw failures: ${failure[0]}`);
    const rate = ratePattern.exec(stdout)?.[1];
    if (rate === undefined) throw new Error(`wrk printed no rate:\n${stdout}`);
    return Number(rate);
  } finally {
    await rm(home, { recursive: true });
  }
}

function luaScript({ request, paths = [] }: RepeatLoadOptions): string {
  const headers = Object.entries(request.headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return [
    `wrk.method = ${JSON.stringify(request.method)}`,
    ...headers,
    ...(paths.length === 0 ? [] : [inTurn(paths)]),
    '',
  ].join('\n');
}

/** Makes every request beforehand, so that the load costs no more than that of a single one. */
function inTurn(paths: readonly string[]): string {
  return `
local paths = { ${paths.map((path) => JSON.stringify(path)).join(', ')} }
local requests, turn = {}, 0
init = function()
  for index, path in ipairs(paths) do requests[index] = wrk.format(nil, path) end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end`;
}
