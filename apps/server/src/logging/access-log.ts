import type { AccessEntry } from '@service-center/api-server';
import pino from 'pino';

/** Bytes that wait at most, so that a busy server writes the log in few large pieces. */
const bufferBytes = 8192;
const flushIntervalMs = 1000;

/** One line for each answered request, in a file of its own (spec 05 §10). A crash can lose its last second. */
export class AccessLog {
  readonly #output: ReturnType<typeof pino.destination>;

  /**
   * @param file - an absolute path
   * @throws Error of the file system when it cannot be opened
   */
  constructor(file: string, onError: (error: Error) => void) {
    this.#output = pino.destination({
      dest: file,
      sync: true,
      minLength: bufferBytes,
      periodicFlush: flushIntervalMs,
    });
    this.#output.on('error', onError);
  }

  /** Adds a request. */
  write(entry: AccessEntry): void {
    this.#output.write(`${formatAccess(entry)}\n`);
  }

  /** Writes what waits and lets go of the file. */
  close(): void {
    this.#output.end();
  }
}

/** `10.0.0.7 2024-05-01T08:00:00.123Z "GET /v4/... HTTP/1.1" 200 0 3`. */
function formatAccess(entry: AccessEntry): string {
  const received = new Date(entry.receivedMs).toISOString();
  const delayMs = Math.round(entry.delayMs);
  return `${entry.remoteIp} ${received} "${entry.method} ${entry.uri} ${entry.protocol}" ${entry.status} ${entry.requestBytes} ${delayMs}`;
}
