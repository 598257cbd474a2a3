import { createServer } from 'node:net';
import { isMainThread } from 'node:worker_threads';

import { LoopMeter } from './loop-meter.ts';
import { probeOrders, probeVariable } from './probe-answer.ts';

// Loaded into a server before its own code (`--import`), so that its event loop is measured from within and the server
// knows nothing of it. Threads of the server load it too and have nothing to measure.
const path = process.env[probeVariable];
if (isMainThread && path !== undefined) answerAt(path);

function answerAt(socketPath: string): void {
  const meter = new LoopMeter();
  const obey = (order: string): void => {
    if (order === probeOrders.begin) meter.begin();
    else if (order === probeOrders.end) meter.end();
    else globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (order: string) => {
      obey(order.trim());
      socket.write(`${JSON.stringify(meter.read())}\n`);
    });
    socket.unref();
  });
  server.listen(socketPath);
  server.unref();
}
