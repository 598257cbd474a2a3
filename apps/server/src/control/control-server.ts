import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';

import type { Logger } from '@service-center/sdcommon';

import {
  backupRequest,
  backupRoute,
  maxCommandBytes,
  type ControlOutcome,
} from './control-message.ts';

/** What a {@link ControlServer} works with. */
export interface ControlServerOptions {
  /** See `controlSocketPath`. */
  readonly socketPath: string;
  /** Copies the store into a directory. */
  readonly backup: (target: string) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Takes commands for a running server from its own machine, as HTTP over a socket file that only the owner of the
 * data may use. Backups go this way because a data directory has one owner while the server runs.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: Server;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request)
        .catch((error: unknown) => this.#toFailure(error))
        .then((outcome) => response.end(JSON.stringify(outcome)))
        .catch(() => response.destroy());
    });
  }

  /** Starts to listen. Only the owner of the directory may call: a socket file that is there is taken for a leftover. */
  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    rmSync(socketPath, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    // The file comes into being inside listen(), and from its first moment on it is for the owner alone.
    const umask = process.umask(0o177);
    try {
      this.#server.listen(socketPath, resolve);
    } finally {
      process.umask(umask);
    }
    await promise;
    this.#server.off('error', reject);
  }

  /** Ends, cutting off who still waits for an answer, and removes the socket file. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage): Promise<ControlOutcome> {
    if (request.method !== 'POST' || request.url !== backupRoute) {
      return { ok: false, error: 'unknown command' };
    }
    const { target } = backupRequest.parse(JSON.parse(await readCommand(request)));
    await this.#options.backup(target);
    this.#options.logger.info({ target }, 'backup written');
    return { ok: true };
  }

  #toFailure(error: unknown): ControlOutcome {
    this.#options.logger.warn({ err: error }, 'command failed');
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function readCommand(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > maxCommandBytes) {
      throw new RangeError(`a command must have at most ${maxCommandBytes} bytes`);
    }
  }
  return body;
}
