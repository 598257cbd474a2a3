import { once } from 'node:events';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

import { call, member, registerService, say } from './registry.ts';

// A service that greets. It registers itself, proves every second that it is alive, and says goodbye when it is stopped.
const server = createServer((_request, response) => {
  response.end('hello\n');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('the server has no port');
const endpoint = `rest://127.0.0.1:${address.port}`;

const serviceId = await registerService('greeter');
const registered = await call('POST', `/microservices/${serviceId}/instances`, {
  instance: {
    hostName: hostname(),
    endpoints: [endpoint],
    healthCheck: { mode: 'push', interval: 5, times: 3 },
  },
});
const instancePath = `/microservices/${serviceId}/instances/${member(registered, 'instanceId')}`;
say(`registered ${endpoint}`);

const stop = Promise.withResolvers<void>();
const heartbeats = setInterval(() => {
  call('PUT', `${instancePath}/heartbeat`).catch(stop.reject);
}, 1000);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.resolve());

await stop.promise;
clearInterval(heartbeats);
await call('DELETE', instancePath);
say(`unregistered ${endpoint}`);
server.close();
server.closeAllConnections();
