import { EMPTY, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { EventBus } from './event-bus.ts';

describe('EventBus', () => {
  it('ends at once when there is nothing, and can be stopped all the same', async () => {
    const bus = new EventBus(EMPTY);

    expect(await bus.take()).toEqual({ kind: 'end' });
    expect(await bus.take()).toEqual({ kind: 'end' });
    bus.stop();
    bus.stop();
    expect(bus.poll()).toEqual({ kind: 'end' });
  });

  it('hands out events in order, then the end', async () => {
    const bus = new EventBus(of('a', 'b'));

    expect(bus.size).toBe(2);
    expect(await bus.take()).toEqual({ kind: 'event', event: 'a' });
    expect(await bus.take()).toEqual({ kind: 'event', event: 'b' });
    expect(bus.size).toBe(0);
    expect(await bus.take()).toEqual({ kind: 'end' });
  });

  it('hands out what was queued before a failure', async () => {
    const source = new Subject<string>();
    const bus = new EventBus(source);
    const error = new Error('broken');
    source.next('a');
    source.error(error);

    expect(await bus.take()).toEqual({ kind: 'event', event: 'a' });
    expect(await bus.take()).toEqual({ kind: 'failure', error });
  });

  it('reports a source that fails at once', async () => {
    const error = new Error('broken');

    expect(await new EventBus(throwError(() => error)).take()).toEqual({ kind: 'failure', error });
  });

  it('wakes a reader that waits', async () => {
    const source = new Subject<string>();
    const bus = new EventBus(source);
    expect(bus.poll()).toBeUndefined();
    const taking = bus.take();
    source.next('a');

    expect(await taking).toEqual({ kind: 'event', event: 'a' });
    const ending = bus.take();
    source.complete();
    expect(await ending).toEqual({ kind: 'end' });
  });

  it('wakes a reader that waits when it is stopped', async () => {
    const source = new Subject<string>();
    const bus = new EventBus(source);
    const taking = bus.take();
    bus.stop();

    expect(await taking).toEqual({ kind: 'end' });
    expect(source.observed).toBe(false);
  });

  it('takes nothing after it was stopped, but gives what it has', async () => {
    const source = new Subject<string>();
    const bus = new EventBus(source);
    source.next('a');
    bus.stop();
    source.next('b');

    expect(await bus.take()).toEqual({ kind: 'event', event: 'a' });
    expect(await bus.take()).toEqual({ kind: 'end' });
  });

  it('ends the session of a reader that falls behind, losing nothing that was queued', async () => {
    const source = new Subject<number>();
    const bus = new EventBus(source, 3);
    for (let event = 1; event <= 4; event++) source.next(event);

    expect(source.observed).toBe(false);
    expect(bus.size).toBe(3);
    const taken = [await bus.take(), await bus.take(), await bus.take(), await bus.take()];
    expect(taken).toEqual([
      { kind: 'event', event: 1 },
      { kind: 'event', event: 2 },
      { kind: 'event', event: 3 },
      { kind: 'end' },
    ]);
  });

  it('goes on with a reader that keeps up', async () => {
    const source = new Subject<number>();
    const bus = new EventBus(source, 3);
    for (let event = 0; event < 100; event++) {
      source.next(event);
      expect(await bus.take()).toEqual({ kind: 'event', event });
    }

    expect(source.observed).toBe(true);
    bus.stop();
  });

  it('leaves a source that outruns it while subscribing', async () => {
    let isLeft = false;
    const source = new Observable<number>((subscriber) => {
      for (let event = 1; event <= 5; event++) subscriber.next(event);
      return () => {
        isLeft = true;
      };
    });
    const bus = new EventBus(source, 2);

    expect(isLeft).toBe(true);
    expect(bus.size).toBe(2);
  });
});
