import cluster from 'node:cluster';

import type { Logger } from '@service-center/sdcommon';

import { workerMessage } from './messages.ts';
import type { LaunchWorker } from './worker-process.ts';

/**
 * Has workers started as copies of this process that share its listening port (node:cluster).
 *
 * Every worker accepts connections at the one socket. The other way, a primary that accepts them and deals them out in
 * turn, spreads them more evenly, but a worker that is killed takes along the connection that was just being handed to
 * it: the primary keeps it open, and its client waits for an answer that nobody gives.
 */
export function clusterLaunch(logger: Logger): LaunchWorker {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // Structured clones: metrics have NaN and Infinity, which JSON does not know.
  cluster.setupPrimary({ args: [], serialization: 'advanced' });
  return (listener) => {
    const worker = cluster.fork();
    const { process: child } = worker;
    let isOver = false;
    const onEnd = (how: string): void => {
      if (isOver) return;
      isOver = true;
      listener.onEnd(how);
    };
    worker.on('message', (message: unknown) => {
      listener.onMessage(workerMessage.parse(message));
    });
    worker.on('error', (error) => {
      logger.warn({ err: error, pid: child.pid }, 'the process of a worker failed');
      // Without a process there is no exit either.
      if (child.pid === undefined) onEnd(error.message);
    });
    child.on('exit', (code, signal) => {
      onEnd(signal === null ? `exit code ${String(code)}` : `signal ${signal}`);
    });
    return {
      send: (message) => {
        if (!worker.isConnected()) return;
        worker.send(message, (error: Error | null) => {
          // Its end is on the way.
          if (error !== null) logger.debug({ err: error, pid: child.pid }, 'a worker is gone');
        });
      },
      // A signal also reaches a process that does not listen for messages yet.
      stop: () => {
        child.kill('SIGTERM');
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}
