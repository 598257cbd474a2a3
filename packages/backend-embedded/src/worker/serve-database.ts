import type { MessagePort } from 'node:worker_threads';

import { accessError } from '../directory/inspect-directory.ts';
import { sqliteResult, sqliteResultCode } from '../directory/sqlite-error.ts';
import { StoreOpenError } from '../directory/store-open-error.ts';
import type { ChunkWindow } from './chunk-window.ts';
import { readDatabase } from './database-reader.ts';
import { DatabaseWriter } from './database-writer.ts';
import type { WorkerMessage, WorkerOptions, WorkerRequest } from './protocol.ts';

/** Opens the database and serves the store's requests until it is told to close. */
export function serveDatabase(
  port: MessagePort,
  options: WorkerOptions,
  window: ChunkWindow,
): void {
  const send = (message: WorkerMessage): void => {
    port.postMessage(message, message.kind === 'records' ? [message.numbers.buffer] : []);
  };
  let writer: DatabaseWriter;
  try {
    writer = openDatabase(options, window, send);
  } catch (error) {
    const { reason, explanation } = openErrorOf(error, options.files.directory);
    send({ kind: 'refused', reason, explanation });
    return;
  }
  const { revision, recordCount } = writer.readState();
  send({ kind: 'opened', revision, recordCount });
  port.on('message', (request: WorkerRequest) => {
    const { requestId } = request;
    const succeed = (syncMicroseconds: number): void => {
      send({ kind: 'done', requestId, syncMicroseconds });
    };
    const fail = (error: unknown): void => {
      const message = error instanceof Error ? error.message : String(error);
      send({ kind: 'failed', requestId, message, revision: committedRevision(writer) });
    };
    try {
      succeed(perform(request, writer));
    } catch (error) {
      fail(error);
    }
    if (request.kind === 'close') port.close();
  });
}

function openDatabase(
  { files, storeId, mode, synchronous }: WorkerOptions,
  window: ChunkWindow,
  send: (message: WorkerMessage) => void,
): DatabaseWriter {
  switch (mode) {
    case 'create':
      return DatabaseWriter.create(files, storeId, synchronous);
    case 'load':
      readDatabase(files, storeId, (columns) => {
        window.send();
        send({ kind: 'records', ...columns });
      });
      return DatabaseWriter.open(files, storeId, synchronous);
    case 'resume':
      return DatabaseWriter.open(files, storeId, synchronous);
  }
}

function openErrorOf(error: unknown, directory: string): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  if (sqliteResultCode(error) === sqliteResult.busy) {
    return new StoreOpenError('inUse', directory, 'store.db is open in another program', {
      cause: error,
    });
  }
  return accessError(error, directory);
}

/** @returns how long making it durable took, microseconds; 0 for what is no commit */
function perform(request: WorkerRequest, writer: DatabaseWriter): number {
  switch (request.kind) {
    case 'commit':
      return writer.commit(request);
    case 'backup':
      writer.backup(request.target);
      return 0;
    case 'close':
      writer.close();
      return 0;
  }
}

function committedRevision(writer: DatabaseWriter): bigint | undefined {
  try {
    return writer.readState().revision;
  } catch {
    // The store then takes this worker for lost and starts another one.
    return undefined;
  }
}
