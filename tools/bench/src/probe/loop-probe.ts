import { createServer } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

import { probeOrders, probeVariable, type ProbeAnswer } from './probe-answer.ts';

// Loaded into a server before its own code (`--import`), so that its event loop is measured from within and the server
// knows nothing of it. Threads of the server load it too and have nothing to measure.
const path = process.env[probeVariable];
if (isMainThread && path !== undefined) answerAt(path);

function answerAt(socketPath: string): void {
  // A timer a millisecond: what it comes late is the time that one turn of the loop took.
  const resolutionMs = 1;
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  let begunCpu = process.threadCpuUsage();

  const obey = (order: string): void => {
    if (order === probeOrders.begin) {
      delays.reset();
      delays.enable();
      begunCpu = process.threadCpuUsage();
    } else if (order === probeOrders.end) {
      delays.disable();
    } else {
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    }
  };
  const answer = (): ProbeAnswer => {
    const { user, system } = process.threadCpuUsage(begunCpu);
    const { heapUsed, external } = process.memoryUsage();
    return {
      longestSliceMs: Math.max(0, delays.max / 1e6 - resolutionMs),
      mainThreadMs: (user + system) / 1000,
      heldBytes: heapUsed + external,
    };
  };

  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (order: string) => {
      obey(order.trim());
      socket.write(`${JSON.stringify(answer())}\n`);
    });
    socket.unref();
  });
  server.listen(socketPath);
  server.unref();
}
