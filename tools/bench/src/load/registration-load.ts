import autocannon from 'autocannon';

import { registeredInstance } from '../etcd/registration.ts';

const connections = 100;

/**
 * Registers new instances of a service, as many as go.
 *
 * @returns how many per second
 * @throws Error when one was refused, or got no answer
 */
export async function registerFor(
  seconds: number,
  baseUrl: string,
  serviceId: string,
): Promise<number> {
  const result = await autocannon({
    url: `${baseUrl}/v4/default/registry/microservices/${serviceId}/instances`,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { 'Content-Type': 'application/json', 'X-Domain-Name': 'default' },
    body: JSON.stringify({ instance: registeredInstance }),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} refused and ${result.errors} broken registrations`);
  }
  return result.requests.total / result.duration;
}
