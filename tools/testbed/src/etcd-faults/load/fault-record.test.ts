import { expect, it } from 'vitest';

import { FaultRecord } from './fault-record.ts';

it('leaves out what never took place', () => {
  const record = new FaultRecord();
  const refused = record.begin({ action: 'CREATE', serviceId: 's', state: '1' });
  const written = record.begin({ action: 'CREATE', serviceId: 's', state: '2' });
  record.drop(refused);
  record.acknowledge(written);
  expect(record.entries()).toEqual([
    {
      type: 'write',
      act: written,
      changes: [{ action: 'CREATE', serviceId: 's', state: '2' }],
    },
    { type: 'acknowledged', act: written },
  ]);
});

it('has expiries begin when the instance was last known to be there, and end when they were noticed', () => {
  const record = new FaultRecord();
  const instance = { serviceId: 's', instanceId: 'i', state: '1/UP' };
  const created = record.begin({ ...instance, action: 'CREATE' });
  record.acknowledge(created);
  const knownAt = record.length;
  record.recorder.record({ type: 'disconnect', connection: 7 });
  record.expire(instance, knownAt);
  const again = record.begin({ ...instance, state: '2/UP', action: 'CREATE' });
  const entries = record.entries();
  const expiry = entries[2];
  expect(expiry).toMatchObject({ type: 'write', changes: [{ ...instance, action: 'DELETE' }] });
  expect(entries.slice(3)).toEqual([
    { type: 'disconnect', connection: 7 },
    { type: 'acknowledged', act: expiry?.type === 'write' ? expiry.act : undefined },
    { type: 'write', act: again, changes: [{ ...instance, state: '2/UP', action: 'CREATE' }] },
  ]);
});

it('takes a registration that was taken back for one only if somebody heard of it', () => {
  const record = new FaultRecord();
  const unheard = { serviceId: 's', instanceId: 'unheard', state: '1/UP' };
  const heard = { serviceId: 's', instanceId: 'heard', state: '2/UP' };
  const acts = [unheard, heard].map((object) => record.begin({ ...object, action: 'CREATE' }));
  for (const [index, object] of [unheard, heard].entries())
    record.retract(acts[index] ?? 0, object);
  const frame = { kind: 'change', action: 'CREATE', ...heard } as const;
  record.recorder.record({ type: 'received', connection: 9, frame });
  expect(record.entries()).toEqual([
    { type: 'write', act: acts[1], changes: [{ ...heard, action: 'CREATE' }] },
    { type: 'write', act: 4, changes: [{ ...heard, action: 'DELETE' }] },
    { type: 'acknowledged', act: acts[1] },
    { type: 'acknowledged', act: 4 },
    { type: 'received', connection: 9, frame },
  ]);
});
