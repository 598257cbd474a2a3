import type { Clock } from '@service-center/sdcommon';

/** Waits, unless the signal is aborted first. @returns whether to go on; false when it is aborted */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve(!signal.aborted);
    };
    const cancel = clock.schedule(ms, finish);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
