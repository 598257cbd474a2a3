import type { RegistryClient } from '@service-center/testbed';

const bucketPattern =
  /^service_center_notify_push_durations_microseconds_bucket\{([^}]*)\} (\d+)$/gm;

/** How many deliveries of pushes there were, by the time from the commit until they were written. */
export interface PushDurations {
  readonly within: number;
  readonly all: number;
}

/**
 * Reads from the server's own metrics how long pushes to websockets have taken.
 *
 * @param withinMs - a bound of the metric's buckets
 * @throws Error when the metrics have no such bucket
 */
export async function readPushDurations(
  client: RegistryClient,
  withinMs: number,
): Promise<PushDurations> {
  const { body } = await client.send('GET', '/metrics');
  const counts = new Map<string, number>();
  for (const [, labels = '', count] of body.matchAll(bucketPattern)) {
    const upTo = /le="([^"]*)"/.exec(labels)?.[1];
    if (labels.includes('channel="websocket"') && upTo !== undefined) {
      counts.set(upTo, (counts.get(upTo) ?? 0) + Number(count));
    }
  }
  const within = counts.get(String(withinMs * 1000));
  const all = counts.get('+Inf');
  if (within === undefined || all === undefined) {
    throw new Error(`the metrics do not tell which pushes took at most ${withinMs} ms`);
  }
  return { within, all };
}
