import { createServer } from 'node:net';
import { isMainThread } from 'node:worker_threads';

import { wallClockSocketVariable } from './wall-clock-socket.ts';

// Loaded into a process before everything else: its wall clock can be moved from outside, its monotonic one cannot.
const socketPath = process.env[wallClockSocketVariable];
if (isMainThread && socketPath !== undefined) listenForOffsets(socketPath, moveWallClock());

/** @returns sets how far the wall clock is off, milliseconds */
function moveWallClock(): (offsetMs: number) => void {
  let offset = 0;
  const now = (): number => realNow() + offset;
  const realNow = Date.now;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given: readonly unknown[], newTarget) => {
      const made: unknown = Reflect.construct(
        target,
        given.length === 0 ? [now()] : given,
        newTarget,
      );
      if (made instanceof target) return made;
      throw new Error('Date made something else');
    },
    get: (target, name, receiver): unknown =>
      name === 'now' ? now : Reflect.get(target, name, receiver),
  });
  return (offsetMs) => {
    offset = offsetMs;
  };
}

function listenForOffsets(path: string, setOffset: (offsetMs: number) => void): void {
  createServer((connection) => {
    connection.setEncoding('utf8').on('data', (text: string) => {
      setOffset(Number(text));
      connection.end('moved');
    });
  })
    .listen(path)
    // Whether the process goes on is not for this to decide.
    .unref();
}
