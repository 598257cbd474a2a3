import { setTimeout as delay } from 'node:timers/promises';

const lookMs = 20;

/**
 * Looks again and again whether something is so.
 *
 * @returns whether it was, before the time was over
 */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const untilMs = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > untilMs) return false;
    await delay(lookMs);
  }
  return true;
}
