/**
 * Waits for work that takes no signal, for as long as the signal allows. What becomes of the work after that is no longer
 * looked at: whoever uses this owns it, or closes what it works with.
 *
 * @throws what the work fails with; the signal's reason
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    // Also when it is aborted already: work that fails for the same reason must not be left unhandled.
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
