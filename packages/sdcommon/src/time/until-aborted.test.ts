import { expect, it } from 'vitest';

import { untilAborted } from './until-aborted.ts';

const reason = new Error('given up');

it('is what the work comes to', async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(1), signal)).resolves.toBe(1);
  await expect(untilAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
});

it('ends with the signal, and looks at the work no longer', async () => {
  const work = Promise.withResolvers<never>();
  const stop = new AbortController();
  const waiting = untilAborted(work.promise, stop.signal);
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  work.reject(new Error('too late'));
});

it('leaves no failure unhandled when the signal came first', async () => {
  await expect(
    untilAborted(Promise.reject(new Error('failed')), AbortSignal.abort(reason)),
  ).rejects.toBe(reason);
});
