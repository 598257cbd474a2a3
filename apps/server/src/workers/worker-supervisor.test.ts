import { silentLogger, type InstanceKey } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import type { PrimaryMessage, WorkerMessage } from './messages.ts';
import type { WorkerListener } from './worker-process.ts';
import { WorkerSupervisor } from './worker-supervisor.ts';

const listening: WorkerMessage = {
  kind: 'listening',
  address: '127.0.0.1',
  port: 30100,
  store: 'etcd',
};

const instance: InstanceKey = {
  tenant: { domain: 'default', project: 'default' },
  serviceId: 's',
  instanceId: 'i',
};

/** A process that does what a test says. */
class ScriptedProcess {
  readonly received: PrimaryMessage[] = [];
  wasStopped = false;
  wasKilled = false;
  readonly #listener: WorkerListener;

  constructor(listener: WorkerListener) {
    this.#listener = listener;
  }

  get kinds(): string[] {
    return this.received.map(({ kind }) => kind);
  }

  says(message: WorkerMessage): void {
    this.#listener.onMessage(message);
  }

  becomesReady(): void {
    this.says({ kind: 'asking' });
    this.says(listening);
    if (this.kinds.includes('represent')) this.says({ kind: 'representing', instance });
    if (this.kinds.includes('represented')) this.says({ kind: 'showing' });
  }

  ends(how = 'signal SIGKILL'): void {
    this.#listener.onEnd(how);
  }
}

let clock: ManualClock;
let processes: ScriptedProcess[];
let supervisor: WorkerSupervisor;

beforeEach(() => {
  clock = new ManualClock();
  processes = [];
  supervisor = supervise(2);
});

function supervise(count: number): WorkerSupervisor {
  return new WorkerSupervisor({
    count,
    launch: (listener) => {
      const scripted = new ScriptedProcess(listener);
      processes.push(scripted);
      return {
        send: (message) => scripted.received.push(message),
        stop: () => {
          scripted.wasStopped = true;
        },
        kill: () => {
          scripted.wasKilled = true;
          scripted.ends();
        },
      };
    },
    configuration: { root: '/srv', settings: [] },
    clock,
    logger: silentLogger,
    startTimeoutMs: 10_000,
  });
}

/** The process that was launched as the given one. */
function launched(index: number): ScriptedProcess {
  const found = processes[index];
  if (found === undefined) throw new Error(`only ${processes.length} were launched`);
  return found;
}

/** Starts the workers. @returns tells whether the start is over a second later */
function watchStart(): () => Promise<boolean> {
  const over = supervisor.start().then(() => true);
  return async () => {
    await clock.advance(1000);
    return Promise.race([over, Promise.resolve(false)]);
  };
}

async function startBoth(): Promise<void> {
  const started = supervisor.start();
  launched(0).becomesReady();
  launched(1).becomesReady();
  await started;
}

function counted(value: number, round: number): WorkerMessage {
  return {
    kind: 'metrics',
    round,
    metrics: [
      {
        kind: 'counter',
        spec: { name: 'requests_total', help: 'Requests' },
        samples: [{ labels: {}, value }],
      },
    ],
  };
}

function lastMetrics(worker: ScriptedProcess): Extract<PrimaryMessage, { kind: 'metrics' }> {
  const found = worker.received.findLast((message) => message.kind === 'metrics');
  if (found === undefined) throw new Error('no metrics were sent');
  return found;
}

async function ask(round: number, values: ReadonlyMap<number, number>): Promise<unknown> {
  launched(1).says({ kind: 'metricsWanted', request: round });
  for (const [index, value] of values) launched(index).says(counted(value, round));
  await clock.advance(5000);
  const answer = lastMetrics(launched(1));
  expect(answer.request).toBe(round);
  return answer.metrics.find(({ spec }) => spec.name === 'requests_total')?.samples[0]?.value;
}

describe('the start', () => {
  it('is over when all are ready and one has registered the server', async () => {
    const started = supervisor.start();
    launched(0).says({ kind: 'asking' });
    expect(launched(0).received).toEqual([
      { kind: 'start', worker: 1, root: '/srv', settings: [] },
    ]);
    launched(0).becomesReady();
    let isOver = false;
    const watched = started.then((place) => {
      isOver = true;
      return place;
    });
    await clock.advance(1000);
    expect(isOver).toBe(false);
    launched(1).becomesReady();
    expect(await watched).toEqual({ address: '127.0.0.1', port: 30100, store: 'etcd' });
  });

  it('fails with the reason that a worker gives', async () => {
    const started = supervisor.start();
    launched(1).says({ kind: 'refused', reason: 'the port is taken' });
    await expect(started).rejects.toThrow('the port is taken');
  });

  it('takes as long as the store is away, but not for ever without a sign', async () => {
    const started = supervisor.start();
    launched(0).becomesReady();
    for (let waits = 0; waits < 10; waits++) {
      launched(1).says({ kind: 'waiting' });
      await clock.advance(9000);
    }
    expect(launched(1).wasKilled).toBe(false);
    await clock.advance(1000);
    expect(launched(1).wasKilled).toBe(true);
    launched(2).becomesReady();
    await started;
  });
});

describe('the announcement', () => {
  it('waits until every worker shows the registration', async () => {
    const isOver = watchStart();
    launched(0).says(listening);
    launched(1).says(listening);
    expect(await isOver()).toBe(false);
    launched(0).says({ kind: 'representing', instance });
    expect(launched(1).received).toEqual([{ kind: 'represented', instance }]);
    expect(await isOver()).toBe(false);
    launched(1).says({ kind: 'showing' });
    expect(await isOver()).toBe(true);
  });

  it('waits for a worker that is ready only after the registration', async () => {
    const isOver = watchStart();
    launched(0).becomesReady();
    launched(1).says(listening);
    expect(launched(1).received).toEqual([{ kind: 'represented', instance }]);
    expect(await isOver()).toBe(false);
    launched(1).says({ kind: 'showing' });
    expect(await isOver()).toBe(true);
  });

  it('waits for nobody when the server is not to be registered', async () => {
    const isOver = watchStart();
    launched(0).says(listening);
    launched(1).says(listening);
    expect(await isOver()).toBe(false);
    launched(0).says({ kind: 'representing' });
    expect(launched(1).received).toEqual([]);
    expect(await isOver()).toBe(true);
  });

  it('waits for the next worker in place of one that ends before it answers', async () => {
    const isOver = watchStart();
    launched(0).becomesReady();
    launched(1).says(listening);
    launched(1).ends();
    expect(await isOver()).toBe(false);
    // Said before its end.
    launched(1).says({ kind: 'showing' });
    launched(2).says(listening);
    expect(launched(2).received).toEqual([{ kind: 'represented', instance }]);
    expect(await isOver()).toBe(false);
    launched(2).says({ kind: 'showing' });
    expect(await isOver()).toBe(true);
  });

  it('waits for the next worker in place of one that ends after it answered', async () => {
    supervisor = supervise(3);
    const isOver = watchStart();
    launched(0).becomesReady();
    launched(1).becomesReady();
    launched(2).says(listening);
    launched(1).ends();
    launched(2).says({ kind: 'showing' });
    expect(await isOver()).toBe(false);
    launched(3).becomesReady();
    expect(await isOver()).toBe(true);
  });

  it('waits until the server is registered again when the worker that did it has ended', async () => {
    const isOver = watchStart();
    launched(0).becomesReady();
    launched(1).says(listening);
    launched(0).ends();
    expect(launched(1).kinds).toEqual(['represented', 'represent']);
    // The answer to what it was told as the other one.
    launched(1).says({ kind: 'showing' });
    await clock.advance(0);
    launched(2).becomesReady();
    expect(await isOver()).toBe(false);
    launched(1).says({ kind: 'representing', instance });
    expect(launched(2).kinds).toEqual(['start', 'represented', 'represented']);
    expect(await isOver()).toBe(false);
    launched(2).says({ kind: 'showing' });
    expect(await isOver()).toBe(true);
  });

  it('waits for the worker that takes over the registration, also when it had answered', async () => {
    supervisor = supervise(3);
    const isOver = watchStart();
    launched(0).becomesReady();
    launched(1).becomesReady();
    launched(2).says(listening);
    launched(0).ends();
    expect(launched(1).kinds.at(-1)).toBe('represent');
    await clock.advance(0);
    launched(3).becomesReady();
    launched(2).says({ kind: 'showing' });
    expect(await isOver()).toBe(false);
    launched(1).says({ kind: 'representing', instance });
    launched(2).says({ kind: 'showing' });
    launched(3).says({ kind: 'showing' });
    expect(await isOver()).toBe(true);
  });
});

describe('a worker that ends', () => {
  it('is replaced', async () => {
    await startBoth();
    launched(1).ends();
    await clock.advance(0);
    expect(processes).toHaveLength(3);
    launched(2).says({ kind: 'asking' });
    expect(launched(2).received).toMatchObject([{ kind: 'start', worker: 2 }]);
  });

  it('ends the server when it does so again and again', async () => {
    await startBoth();
    let failure: unknown;
    supervisor.failed.catch((error: unknown) => {
      failure = error;
    });
    for (let end = 1; end <= 8; end++) {
      processes.at(-1)?.ends('exit code 1');
      await clock.advance(7000);
    }
    expect(failure).toMatchObject({ message: 'worker 2 ends again and again; the log says why' });
    expect(processes).toHaveLength(9);
  });

  it('is not replaced while the server stops', async () => {
    await startBoth();
    const stopped = supervisor.stop();
    expect(processes.map(({ wasStopped }) => wasStopped)).toEqual([true, true]);
    launched(0).ends('exit code 0');
    launched(1).ends('exit code 0');
    await stopped;
    await clock.advance(60_000);
    expect(processes).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not keep the stop waiting for one that waits for its next start', async () => {
    await startBoth();
    launched(0).ends();
    await clock.advance(0);
    launched(2).ends();
    const stopped = supervisor.stop();
    launched(1).ends('exit code 0');
    await stopped;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the registration of the server', () => {
  it('is one worker’s, and the others know of it', async () => {
    await startBoth();
    expect(launched(0).kinds).toEqual(['start', 'represent']);
    expect(launched(1).received).toContainEqual({ kind: 'represented', instance });
  });

  it('goes over to another one when that worker ends, and not back', async () => {
    await startBoth();
    launched(0).ends();
    expect(launched(1).kinds.at(-1)).toBe('represent');
    launched(1).says({ kind: 'representing', instance });
    await clock.advance(0);
    launched(2).becomesReady();
    expect(launched(2).kinds).toEqual(['start', 'represented']);
  });

  it('is done by the next one that is ready when nobody is left', async () => {
    await startBoth();
    launched(1).ends();
    launched(0).ends();
    await clock.advance(0);
    launched(2).becomesReady();
    expect(launched(2).kinds).toContain('represent');
  });
});

describe('metrics', () => {
  it('are added up, with what ended workers had counted', async () => {
    await startBoth();
    const both = new Map([
      [0, 10],
      [1, 5],
    ]);
    expect(await ask(1, both)).toBe(15);
    launched(0).ends();
    await clock.advance(0);
    launched(2).becomesReady();
    const after = new Map([
      [2, 1],
      [1, 6],
    ]);
    expect(await ask(2, after)).toBe(17);
  });

  it('show a worker that does not answer as it was the last time', async () => {
    await startBoth();
    const both = new Map([
      [0, 10],
      [1, 5],
    ]);
    expect(await ask(1, both)).toBe(15);
    expect(await ask(2, new Map([[1, 6]]))).toBe(16);
  });

  it('tell how many workers there are', async () => {
    await startBoth();
    await ask(1, new Map());
    const answer = lastMetrics(launched(1));
    expect(answer.metrics).toMatchObject([
      { spec: { name: 'worker_total' }, samples: [{ value: 2 }] },
      { spec: { name: 'worker_end_total' }, samples: [{ value: 0 }] },
    ]);
  });
});
