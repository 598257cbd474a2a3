import { z } from 'zod';

const answer = z.object({
  instances: z
    .array(z.object({ instanceId: z.string(), endpoints: z.array(z.string()) }))
    .optional(),
});

/**
 * The servers that a server finds registered: instance ids by endpoint. Each call has a connection of its own, which
 * any worker may get.
 */
export async function findServers(baseUrl: string): Promise<ReadonlyMap<string, string>> {
  const query = new URLSearchParams({
    appId: 'default',
    serviceName: 'SERVICECENTER',
    version: '0+',
    env: 'development',
  });
  const response = await fetch(`${baseUrl}/v4/default/registry/instances?${query.toString()}`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(10_000),
  });
  const { instances = [] } = answer.parse(await response.json());
  return new Map(instances.map(({ instanceId, endpoints }) => [endpoints.join(','), instanceId]));
}

/** The endpoint under which a server registers itself. */
export function endpointOf(baseUrl: string): string {
  return `${baseUrl.replace('http:', 'rest:')}/`;
}
