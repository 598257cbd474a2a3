import { describe, expect, it } from 'vitest';

import type { PushLogEntry, ReceivedFrame } from '../log/push-log.ts';
import { idealService } from './ideal-subscriber.ts';
import { PushChecker } from './push-checker.ts';

const setUp: readonly PushLogEntry[] = [
  { type: 'service', ...idealService('consumer') },
  { type: 'service', ...idealService('cart') },
  { type: 'write', act: 1, changes: [{ serviceId: 'consumer', action: 'CREATE', state: '1' }] },
  { type: 'acknowledged', act: 1 },
  { type: 'write', act: 2, changes: [{ serviceId: 'cart', action: 'CREATE', state: '2' }] },
  { type: 'acknowledged', act: 2 },
  { type: 'depend', act: 3, consumerId: 'consumer', appId: 'shop', serviceName: 'cart' },
  { type: 'acknowledged', act: 3 },
  {
    type: 'connect',
    connection: 1,
    subscriber: 'watcher',
    view: { channel: 'watcher', consumerId: 'consumer' },
  },
  { type: 'open', connection: 1 },
];
const instance = { serviceId: 'cart', instanceId: 'one' };
const services = [
  { serviceId: 'consumer', state: '1' },
  { serviceId: 'cart', state: '2' },
];

function write(act: number, action: 'CREATE' | 'UPDATE'): readonly PushLogEntry[] {
  return [
    { type: 'write', act, changes: [{ ...instance, action, state: String(act) }] },
    { type: 'acknowledged', act },
  ];
}

function told(act: number, action: 'CREATE' | 'UPDATE'): PushLogEntry {
  return received({ kind: 'change', action, ...instance, state: String(act) });
}

function received(frame: ReceivedFrame): PushLogEntry {
  return { type: 'received', connection: 1, frame };
}

function find(number: number, state: number): readonly PushLogEntry[] {
  return [
    { type: 'find', connection: 1, find: number, appId: 'shop', serviceName: 'cart' },
    {
      type: 'found',
      connection: 1,
      find: number,
      instances: [{ ...instance, state: String(state) }],
    },
  ];
}

const expire = received({
  kind: 'expire',
  appId: 'shop',
  serviceName: 'cart',
  version: '1.0.0',
  environment: '',
});

function check(entries: readonly PushLogEntry[], lastState: number): readonly string[] {
  const objects = [...services, { ...instance, state: String(lastState) }];
  const log: readonly PushLogEntry[] = [...setUp, ...entries, { type: 'end', objects }];
  return new PushChecker(log).check().map(({ kind }) => kind);
}

describe('a watching consumer', () => {
  const missed = [...write(10, 'CREATE'), told(10, 'CREATE'), ...write(11, 'UPDATE')];

  it('may miss what an EXPIRE stands for when it finds again', () => {
    const log = [...missed, ...write(12, 'UPDATE'), expire, ...find(20, 12)];
    expect(check(log, 12)).toEqual([]);
    expect(check([...log, ...write(13, 'UPDATE'), told(13, 'UPDATE')], 13)).toEqual([]);
  });

  it('may not miss anything without an EXPIRE, though a find shows it', () => {
    expect(check([...missed, ...find(20, 11)], 11)).toEqual(['gap']);
  });

  it('is not excused by an EXPIRE from what is written after it', () => {
    const log = [...missed, expire, ...find(20, 11), ...write(12, 'UPDATE')];
    expect(check(log, 12)).toEqual(['gap']);
    expect(check([...log, ...find(21, 12)], 12)).toEqual(['gap']);
  });

  it('is not told again what came before the EXPIRE', () => {
    expect(check([...missed, told(11, 'UPDATE'), expire, told(10, 'CREATE')], 11)).toContain(
      'outOfOrder',
    );
  });

  it('may not be shown an old state by the find that follows', () => {
    expect(check([...missed, expire, ...find(20, 10)], 11)).toEqual(['view']);
  });

  it('is not told a change before it is written', () => {
    expect(check([told(10, 'CREATE'), ...write(10, 'CREATE')], 10)).toContain('unknown');
  });
});

describe('a log that does not fit together', () => {
  it.each<[string, readonly PushLogEntry[]]>([
    ['two writes of one state', [...write(10, 'CREATE'), ...write(10, 'CREATE')]],
    ['an acknowledgement of nothing', [{ type: 'acknowledged', act: 99 }]],
    ['the end of a connection that never was', [{ type: 'disconnect', connection: 9 }]],
  ])('is refused for %s', (_name, entries) => {
    expect(() => new PushChecker([...setUp, ...entries]).check()).toThrow(/twice|before|never/);
  });
});
