import { expect, it } from 'vitest';

import { Alarms } from './alarms.ts';

it('keeps one alarm for each cause until it is forgotten', () => {
  const alarms = new Alarms();
  alarms.clear('BackendConnectionRefuse');
  expect(alarms.list()).toEqual([]);
  alarms.raise('BackendConnectionRefuse', 'first');
  alarms.raise('InternalError', 'fault');
  alarms.raise('BackendConnectionRefuse', 'second');
  alarms.clear('BackendConnectionRefuse');
  expect(alarms.list()).toEqual([
    { id: 'BackendConnectionRefuse', status: 'CLEARED', detail: 'second' },
    { id: 'InternalError', status: 'ACTIVATED', detail: 'fault' },
  ]);
  alarms.raise('BackendConnectionRefuse', 'third');
  expect(alarms.list()[0]).toMatchObject({ status: 'ACTIVATED', detail: 'third' });
  alarms.deleteAll();
  expect(alarms.list()).toEqual([]);
});
