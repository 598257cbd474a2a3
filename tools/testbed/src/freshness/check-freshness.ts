import type { RegistryClient } from '../server/registry-client.ts';

/** How much to check. */
export interface FreshnessOptions {
  readonly client: RegistryClient;
  /** How many instances live through register, change and unregister. */
  readonly rounds: number;
  /** How many of them at once; they share one service, so each answer is made anew again and again. */
  readonly concurrency: number;
}

/** What was looked at. */
export interface FreshnessResult {
  readonly reads: number;
  /** Answers that did not show what had been acknowledged before they were asked for: must be empty. */
  readonly stale: readonly string[];
}

/**
 * Writes, and reads right after the acknowledgement: a find after a registration, a find and a read after a change of
 * status, a find after an unregistration. A client that keeps the revision of its last answer is never told that
 * nothing changed when something did.
 */
export async function checkFreshness(options: FreshnessOptions): Promise<FreshnessResult> {
  const { client } = options;
  const serviceName = 'freshness';
  const serviceId = await client.registerService(serviceName);
  const stale: string[] = [];
  let reads = 0;
  let next = 0;
  const expectStatus = async (instanceId: string, status: string, rev: string): Promise<string> => {
    reads++;
    const found = await client.find('testbed', serviceName, rev);
    const seen =
      found.instances.get(instanceId) ?? (found.isNotModified ? 'not modified' : 'absent');
    if (seen !== status) stale.push(`${instanceId} is ${seen} instead of ${status}`);
    return found.revision;
  };
  const live = async (): Promise<void> => {
    let rev = '';
    while (next < options.rounds) {
      const instanceId = `instance-${next++}`;
      const instancePath = `/v4/default/registry/microservices/${serviceId}/instances/${instanceId}`;
      await client.registerInstance(serviceId, instanceId);
      rev = await expectStatus(instanceId, 'UP', rev);
      await client.send('PUT', `${instancePath}/status?value=DOWN`);
      rev = await expectStatus(instanceId, 'DOWN', rev);
      const read = await client.send('GET', instancePath);
      reads++;
      if (!read.body.includes('"status":"DOWN"')) stale.push(`${instanceId} reads ${read.body}`);
      await client.send('DELETE', instancePath);
      rev = await expectStatus(instanceId, 'absent', rev);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, live));
  return { reads, stale };
}
