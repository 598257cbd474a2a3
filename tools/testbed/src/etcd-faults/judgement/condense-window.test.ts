import { expect, it } from 'vitest';

import type { ChangeAction, PushLogEntry } from '../../push/log/push-log.ts';
import { condenseWindow } from './condense-window.ts';

function write(act: number, action: ChangeAction, serviceId: string, state: string): PushLogEntry {
  return { type: 'write', act, changes: [{ action, serviceId, state }] };
}

function acknowledged(act: number): PushLogEntry {
  return { type: 'acknowledged', act };
}

const disconnect: PushLogEntry = { type: 'disconnect', connection: 99 };
const service: PushLogEntry = {
  type: 'service',
  serviceId: 'new',
  project: 'default',
  appId: 'app',
  serviceName: 'new',
  version: '1.0.0',
  environment: '',
};

it('leaves of each object the difference, as one act', () => {
  const before = [
    write(1, 'CREATE', 'changed', '1'),
    acknowledged(1),
    write(2, 'CREATE', 'gone', '2'),
    acknowledged(2),
    write(3, 'CREATE', 'back', '3'),
    acknowledged(3),
  ];
  const inside = [
    write(4, 'UPDATE', 'changed', '4'),
    acknowledged(4),
    write(5, 'UPDATE', 'changed', '5'),
    disconnect,
    acknowledged(5),
    write(6, 'UPDATE', 'gone', '6'),
    acknowledged(6),
    write(7, 'DELETE', 'gone', '6'),
    acknowledged(7),
    write(8, 'DELETE', 'back', '3'),
    acknowledged(8),
    write(9, 'CREATE', 'back', '9'),
    acknowledged(9),
    service,
    write(10, 'CREATE', 'new', '10'),
    acknowledged(10),
    write(11, 'CREATE', 'brief', '11'),
    acknowledged(11),
    write(12, 'DELETE', 'brief', '11'),
    acknowledged(12),
  ];
  const after = [write(13, 'UPDATE', 'changed', '13'), acknowledged(13)];
  expect(condenseWindow([...before, ...inside, ...after], { after: 3, until: 12 })).toEqual([
    ...before,
    service,
    {
      type: 'write',
      act: 12,
      changes: [
        { action: 'UPDATE', serviceId: 'changed', state: '5' },
        { action: 'DELETE', serviceId: 'gone', state: '2' },
        { action: 'UPDATE', serviceId: 'back', state: '9' },
        { action: 'CREATE', serviceId: 'new', state: '10' },
      ],
    },
    disconnect,
    acknowledged(12),
    ...after,
  ]);
});

it('leaves a log alone in whose window nothing was written', () => {
  const entries = [write(1, 'CREATE', 'a', '1'), acknowledged(1), disconnect];
  expect(condenseWindow(entries, { after: 1, until: 5 })).toBe(entries);
});
