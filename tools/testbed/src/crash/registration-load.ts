import type { RegistryClient } from '../server/registry-client.ts';

/** What a load left behind. */
export interface RegistrationOutcome {
  /** Ids of instances whose registration was answered with success. */
  readonly acknowledged: ReadonlySet<string>;
  /** Ids that were sent, but whose answer never came. */
  readonly unanswered: ReadonlySet<string>;
}

/** What to register. */
export interface RegistrationLoadOptions {
  readonly client: RegistryClient;
  readonly serviceId: string;
  /** Makes the instance ids different from other loads'. */
  readonly prefix: string;
  readonly instances: number;
  /** How many registrations are under way at once. */
  readonly concurrency: number;
  /** Is told after each acknowledgement how many there are. */
  readonly onAcknowledged?: (count: number) => void;
}

/** Registers instances until all are acknowledged, or the server is gone. */
export async function loadRegistrations(
  options: RegistrationLoadOptions,
): Promise<RegistrationOutcome> {
  const acknowledged = new Set<string>();
  const unanswered = new Set<string>();
  let next = 0;
  let isServerGone = false;
  const work = async (): Promise<void> => {
    while (!isServerGone && next < options.instances) {
      const instanceId = `${options.prefix}-${next++}`;
      unanswered.add(instanceId);
      try {
        await options.client.registerInstance(options.serviceId, instanceId);
      } catch {
        // Which instances were answered is the outcome; that answers stop coming is the point of the exercise.
        isServerGone = true;
        return;
      }
      unanswered.delete(instanceId);
      acknowledged.add(instanceId);
      options.onAcknowledged?.(acknowledged.size);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { acknowledged, unanswered };
}
