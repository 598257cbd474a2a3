import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RecordedAnswer } from '../load/http-exchange.ts';
import { onServerProcessor } from '../machine/processors.ts';

const entryPoint = join(import.meta.dirname, 'bare-server.ts');

/** A bare `node:http` server, as a process of the same Node, that sends one recorded answer. */
export class BareServerProcess {
  readonly baseUrl: string;
  readonly #child: ChildProcess;
  readonly #home: string;

  private constructor(child: ChildProcess, home: string, baseUrl: string) {
    this.#child = child;
    this.#home = home;
    this.baseUrl = baseUrl;
  }

  static async start(answer: RecordedAnswer): Promise<BareServerProcess> {
    const home = await mkdtemp(join(tmpdir(), 'bench-bare-'));
    const answerFile = join(home, 'answer.json');
    await writeFile(
      answerFile,
      JSON.stringify({ ...answer, body: answer.body.toString('base64') }),
    );
    const [program, ...programArguments] = onServerProcessor;
    const child = spawn(program, [...programArguments, process.execPath, entryPoint, answerFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    child.stdout.setEncoding('utf8').once('data', (line: string) => {
      resolve(line.trim());
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error('the bare server ended'));
    });
    return new BareServerProcess(child, home, await promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#child.once('exit', () => {
        resolve();
      });
    });
    this.#child.kill();
    await ended;
    await rm(this.#home, { recursive: true });
  }
}
