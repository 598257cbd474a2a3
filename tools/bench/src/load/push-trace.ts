import type { RegistryClient } from '@service-center/testbed';

/** One push as the server's own trace has it; Unix milliseconds. */
export interface TracedTimes {
  /** When the change was durable. */
  readonly committedAt: number;
  /** When it was written to each subscriber. */
  readonly sentAt: readonly number[];
}

/**
 * Reads the latest pushes of instances from the server's trace.
 *
 * @param serviceId - of the provider; undefined for all
 * @param limit - how many pushes
 * @throws Error when one was not sent to somebody, or the server does not show all
 */
export async function readPushTrace(
  client: RegistryClient,
  serviceId: string | undefined,
  limit: number,
): Promise<readonly TracedTimes[]> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(serviceId !== undefined && { serviceId }),
  });
  const answer = await client.send('GET', `/v4/default/admin/pushes?${query.toString()}`);
  if (answer.status !== 200) throw new Error(`the trace answered ${answer.status}: ${answer.body}`);
  const body: unknown = JSON.parse(answer.body);
  return listOf(body, 'pushes').map((push) => ({
    committedAt: numberOf(push, 'committedAt'),
    sentAt: listOf(push, 'deliveries').map((delivery) => numberOf(delivery, 'sentAt')),
  }));
}

function listOf(object: unknown, name: string): readonly unknown[] {
  const value = memberOf(object, name);
  if (!Array.isArray(value)) throw new TypeError(`the trace has no ${name}`);
  return value;
}

function numberOf(object: unknown, name: string): number {
  const value = memberOf(object, name);
  if (typeof value !== 'number') throw new TypeError(`no ${name} in ${JSON.stringify(object)}`);
  return value;
}

function memberOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
}
