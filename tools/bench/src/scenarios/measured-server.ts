import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RegistryClient, ServerProcess, type ServerProcessOptions } from '@service-center/testbed';

import { onServerProcessor } from '../machine/processors.ts';

/** A server on its own processor with an empty data directory, and a client for it. */
export class MeasuredServer {
  readonly dataDirectory: string;
  readonly process: ServerProcess;
  readonly client: RegistryClient;

  private constructor(dataDirectory: string, server: ServerProcess) {
    this.dataDirectory = dataDirectory;
    this.process = server;
    this.client = new RegistryClient(server.baseUrl);
  }

  static async start(
    options: Partial<ServerProcessOptions> = {},
    dataDirectory?: string,
  ): Promise<MeasuredServer> {
    const directory = dataDirectory ?? (await makeDataDirectory());
    const server = await ServerProcess.start({
      dataDirectory: directory,
      wrapper: onServerProcessor,
      ...options,
    });
    return new MeasuredServer(directory, server);
  }

  get baseUrl(): string {
    return this.process.baseUrl;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    await this.process[Symbol.asyncDispose]();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}

/** An empty directory on the disk that temporary files are on. */
export function makeDataDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'bench-data-'));
}
