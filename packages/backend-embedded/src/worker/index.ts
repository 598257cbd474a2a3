import { parentPort } from 'node:worker_threads';

import { ChunkWindow } from './chunk-window.ts';
import type { WorkerStart } from './protocol.ts';
import { serveDatabase } from './serve-database.ts';

// The entry of the worker thread: being started as one is what runs it. The first message says what to open.
const port = parentPort;
port?.once('message', ({ options, chunksTaken }: WorkerStart) => {
  serveDatabase(port, options, new ChunkWindow(chunksTaken));
});
