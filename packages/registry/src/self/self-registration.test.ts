import { silentLogger, type Backend, type Written } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { defaultRegistryConfig } from '../registry-config.ts';
import { WriteBarrier } from '../write/index.ts';
import { SelfRegistration, type SelfRegistrationOptions } from './self-registration.ts';

const position = { order: 1n, epoch: 'e', resume: '' };

function unexpected(): never {
  throw new Error('not a part of the own registration');
}

/** A store that knows the own registration only and never finishes to remove it. */
function hangingBackend(): SelfRegistrationOptions['backend'] {
  const services: Backend['services'] = {
    contextServiceId: () => 's',
    register: async () => ({ serviceId: 's', isNew: true, position }),
    updateProperties: unexpected,
    delete: unexpected,
    get: unexpected,
    list: unexpected,
  };
  const instances: Backend['instances'] = {
    register: async () => ({ outcome: 'created', position }),
    renew: async () => ({ isConfirmed: true, ttlSeconds: 120 }),
    unregister: () => Promise.withResolvers<Written>().promise,
    updateStatus: unexpected,
    updateStatusWhere: unexpected,
    updateProperties: unexpected,
    get: unexpected,
    list: unexpected,
  };
  return { services, instances, position: async () => position };
}

describe('the end of the own registration', () => {
  it('does not wait longer than 3 s for the store', async () => {
    const clock = new ManualClock();
    const self = new SelfRegistration({
      backend: hangingBackend(),
      barrier: new WriteBarrier({ aggregator: { waitFor: async () => true }, timeoutMs: 1 }),
      clock,
      logger: silentLogger,
      config: defaultRegistryConfig,
      version: '1.0.0',
    });
    await self.start(['rest://h:1/']);
    let isOver = false;
    const stopped = self.stop().then(() => {
      isOver = true;
      return isOver;
    });

    await clock.advance(2999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await stopped).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});
