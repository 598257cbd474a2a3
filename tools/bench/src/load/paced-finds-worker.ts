import { Agent, get } from 'node:http';
import { parentPort } from 'node:worker_threads';

import { monotonicMs } from '../machine/monotonic-time.ts';

// Asks at a steady pace whether the answers come or not, and counts from the time at which it was to ask: a server that
// is busy for a while delays every question of that while.
const [url = '', consumerId = '', intervalText = ''] = process.argv.slice(2);
const intervalMs = Number(intervalText);

const agent = new Agent({ keepAlive: true });
const askedMs: number[] = [];
const answeredMs: number[] = [];
let dueMs = monotonicMs();

function ask(atMs: number): void {
  const headers = { 'X-Domain-Name': 'default', 'X-ConsumerId': consumerId };
  get(url, { agent, headers }, (answer) => {
    if (answer.statusCode !== 200) throw new Error(`a find answered ${String(answer.statusCode)}`);
    answer.once('end', () => {
      askedMs.push(atMs);
      answeredMs.push(monotonicMs());
    });
    answer.resume();
  });
}

const timer = setInterval(() => {
  for (; dueMs <= monotonicMs(); dueMs += intervalMs) ask(dueMs);
}, 1);

parentPort?.once('message', () => {
  clearInterval(timer);
  agent.destroy();
  const times = [Float64Array.from(askedMs), Float64Array.from(answeredMs)] as const;
  parentPort?.postMessage(times, []);
});
