import { WebSocket } from 'ws';

import { call, member, registerService, say, watcherUrl } from './registry.ts';

// A service that wants to be greeted. It finds the greeter, calls it, and is told of every change of its instances.
const consumerId = await registerService('guest');
const watcher = new WebSocket(watcherUrl(consumerId), { headers: { 'X-Domain-Name': 'default' } });
watcher.on('message', (frame: Buffer) => {
  const event: unknown = JSON.parse(frame.toString());
  say(`pushed ${member(event, 'action')} ${endpointsOf(instanceOf(event)).join(' ')}`);
});
watcher.on('error', (error) => {
  say(`the registry is gone: ${error.message}`);
  process.exitCode = 1;
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => watcher.close());

// The first find also tells the registry whose changes this consumer wants to hear of.
const found = await findGreeters();
say(`found ${found.length === 0 ? 'nobody yet' : found.join(' ')}`);
for (const endpoint of found) {
  const greeting = await fetch(endpoint.replace(/^rest:/, 'http:'));
  say(`${endpoint} says ${(await greeting.text()).trim()}`);
}

async function findGreeters(): Promise<string[]> {
  await registerService('greeter'); // so that there is something to find before the first greeter comes
  const answer = await call(
    'GET',
    '/instances?appId=example&serviceName=greeter&version=0.0.0%2B',
    undefined,
    { 'X-ConsumerId': consumerId },
  );
  const instances: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'instances') : undefined;
  return Array.isArray(instances) ? instances.flatMap(endpointsOf) : [];
}

function instanceOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null ? Reflect.get(event, 'instance') : undefined;
}

function endpointsOf(instance: unknown): string[] {
  const endpoints: unknown =
    typeof instance === 'object' && instance !== null
      ? Reflect.get(instance, 'endpoints')
      : undefined;
  return Array.isArray(endpoints) ? endpoints.map(String) : [];
}
