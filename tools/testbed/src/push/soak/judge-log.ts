import { setTimeout as delay } from 'node:timers/promises';

import { PushChecker } from '../checker/push-checker.ts';
import type { PushViolation } from '../checker/violation.ts';
import type { PushLogEntry } from '../log/push-log.ts';
import type { RecordedRegistry } from './recorded-registry.ts';

const settleMs = 15_000;
const lookMs = 200;

/**
 * Judges a log whose writers are done: waits until nothing is missing any more, or the time for it is over; what is then
 * wrong stays wrong. The end of the log is recorded too.
 */
export async function judgeLog(
  entries: PushLogEntry[],
  registry: RecordedRegistry,
): Promise<readonly PushViolation[]> {
  const untilMs = performance.now() + settleMs;
  let judgement = await judgeNow(entries, registry);
  while (judgement.violations.length > 0 && performance.now() < untilMs) {
    await delay(lookMs);
    judgement = await judgeNow(entries, registry);
  }
  entries.push(judgement.end);
  return judgement.violations;
}

async function judgeNow(
  entries: readonly PushLogEntry[],
  registry: RecordedRegistry,
): Promise<{ readonly end: PushLogEntry; readonly violations: readonly PushViolation[] }> {
  const objects = await registry.list();
  const end: PushLogEntry = { type: 'end', objects };
  return { end, violations: new PushChecker([...entries, end]).check() };
}
