import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parsePushChannels, planPushes, pushChannels } from './push-plan.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('a plan', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const options = { seed, channels: pushChannels, steps: 40 };
        expect(planPushes(options)).toEqual(planPushes(options));
      }),
    );
  });

  it('writes an object only once in a step, and nothing of a service that it has deleted', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { steps } = planPushes({ seed, channels: ['sse'], steps: 40 });
        for (const { writes } of steps) {
          const keys = writes.map(
            ({ serviceId, instanceId }) => `${serviceId}/${instanceId ?? ''}`,
          );
          expect(new Set(keys).size).toBe(keys.length);
        }
        const goesAt = steps.findIndex(({ writes }) =>
          writes.some(({ kind, instanceId }) => kind === 'delete' && instanceId === undefined),
        );
        expect(goesAt).toBeGreaterThan(0);
        const later = steps.slice(goesAt + 1).flatMap(({ writes }) => writes);
        expect(later.map(({ serviceId }) => serviceId)).not.toContain('brief');
      }),
    );
  });

  it('has subscribers of the channels that were asked for, each under its own name', () => {
    const { subscribers } = planPushes({ seed: 1, channels: pushChannels, steps: 1 });
    expect(new Set(subscribers.map(({ name }) => name)).size).toBe(subscribers.length);
    expect(new Set(subscribers.map(({ view: { channel } }) => channel))).toEqual(
      new Set(['watcher', 'listwatcher', 'socket.io', 'sse']),
    );
  });
});

describe('a choice of channels', () => {
  it('names them, or all', () => {
    expect(parsePushChannels('all')).toEqual(pushChannels);
    expect(parsePushChannels('sse,websocket')).toEqual(['sse', 'websocket']);
    expect(() => parsePushChannels('grpc')).toThrow("not 'grpc'");
  });
});
