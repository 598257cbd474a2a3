import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RegistryClient } from '@service-center/testbed';

import { anonymousMemoryMiB } from '../machine/process-memory.ts';
import { MeasuredServer } from '../scenarios/measured-server.ts';
import { probeOrders, probeVariable, readProbeAnswer, type ProbeAnswer } from './probe-answer.ts';

const probeModule = join(import.meta.dirname, 'loop-probe.ts');

/** A measured server with a probe in its event loop. */
export class ProbedServer {
  readonly #server: MeasuredServer;
  readonly #socket: Socket;
  readonly #home: string;

  private constructor(server: MeasuredServer, socket: Socket, home: string) {
    this.#server = server;
    this.#socket = socket;
    this.#home = home;
  }

  /** @param flags - flags of the server */
  static async start(flags: readonly string[] = []): Promise<ProbedServer> {
    const home = await mkdtemp(join(tmpdir(), 'bench-probe-'));
    const path = join(home, 'probe');
    const server = await MeasuredServer.start({
      flags,
      nodeFlags: ['--expose-gc', '--import', probeModule],
      environment: { [probeVariable]: path },
    });
    const socket = connect(path).setEncoding('utf8');
    await once(socket, 'connect');
    return new ProbedServer(server, socket, home);
  }

  get baseUrl(): string {
    return this.#server.baseUrl;
  }

  get client(): RegistryClient {
    return this.#server.client;
  }

  /** What is measured from now on counts. */
  async begin(): Promise<void> {
    await this.#tell(probeOrders.begin);
  }

  /** What was measured since {@link ProbedServer.begin}. */
  end(): Promise<ProbeAnswer> {
    return this.#tell(probeOrders.end);
  }

  /** What the heap and the buffers hold once garbage is collected, bytes. */
  async heldBytes(): Promise<number> {
    // What one collection finalizes, the next one frees.
    await this.#tell(probeOrders.collect);
    const { heldBytes } = await this.#tell(probeOrders.collect);
    return heldBytes;
  }

  /** The resident memory once garbage is collected, bytes. */
  async residentBytes(): Promise<number> {
    await this.heldBytes();
    return (await anonymousMemoryMiB(this.#server.process.pid)) * 1_048_576;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#server[Symbol.asyncDispose]();
    await rm(this.#home, { recursive: true, force: true });
  }

  async #tell(order: string): Promise<ProbeAnswer> {
    this.#socket.write(`${order}\n`);
    const answers: unknown[] = await once(this.#socket, 'data');
    return readProbeAnswer(String(answers[0]));
  }
}
