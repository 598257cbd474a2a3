import type { RecordedRegistry } from './recorded-registry.ts';

const changes = 1600;
const concurrency = 8;
const fillBytes = 2800;

/**
 * Writes more than the system's buffers between a server and a subscriber hold, about 4 MB, so that a reader that has
 * stopped is noticed. The instances are of `cart` and written by nobody else.
 */
export async function writeBurst(registry: RecordedRegistry): Promise<void> {
  let left = changes;
  const write = async (instanceId: string): Promise<void> => {
    while (left-- > 0) await registry.change('cart', instanceId, fillBytes);
  };
  const names = Array.from({ length: concurrency }, (_, index) => `burst-${index}`);
  await Promise.all(names.map(write));
}
