import { ManualClock, sampleService, serviceDraft } from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import { tenant } from '../../test/requests.ts';
import { DeletedServices } from './deleted-services.ts';

function record(serviceId: string) {
  const draft = serviceDraft(tenant, sampleService({ serviceId }));
  return { ...draft, type: 'SERVICE', createRevision: 1n, modRevision: 1n, version: 1n } as const;
}

it('remembers a service for ten minutes, and longer while it has instances', async () => {
  const clock = new ManualClock();
  const counts = new Map([['kept', 1]]);
  const deleted = new DeletedServices({
    clock,
    instances: { countOf: (_, serviceId) => counts.get(serviceId) ?? 0 },
  });
  const known = (): readonly string[] =>
    ['plain', 'kept'].filter((serviceId) => deleted.get({ tenant, serviceId }) !== undefined);
  const passTenMinutes = async (): Promise<void> => {
    await clock.advance(600_001);
    deleted.add(record('other'), []);
  };
  for (const serviceId of ['plain', 'kept']) deleted.add(record(serviceId), []);

  await clock.advance(599_000);
  deleted.add(record('other'), []);
  expect(known()).toEqual(['plain', 'kept']);

  await passTenMinutes();
  expect(known()).toEqual(['kept']);

  await passTenMinutes();
  expect(known()).toEqual(['kept']);

  // Gone from the caches, but its deletion is yet to be told.
  counts.clear();
  await passTenMinutes();
  expect(known()).toEqual(['kept']);
  await passTenMinutes();
  await passTenMinutes();
  expect(known()).toEqual([]);
});
