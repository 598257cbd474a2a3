import { parentPort } from 'node:worker_threads';

import type { WorkerOptions } from './protocol.ts';
import { serveDatabase } from './serve-database.ts';

// The entry of the worker thread: being started as one is what runs it. The first message says what to open.
const port = parentPort;
port?.once('message', (options: WorkerOptions) => {
  serveDatabase(port, options);
});
