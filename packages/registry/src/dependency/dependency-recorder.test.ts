import { DependencyIndex, ServiceIndex } from '@service-center/aggregator';
import {
  ServiceCenterError,
  silentLogger,
  type CacheEvent,
  type QueuedDependency,
  type ResourceRecord,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';
import { sampleService } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { DependencyRecorder } from './dependency-recorder.ts';
import { serviceKey, serviceNameIdentity } from './service-key.ts';

const tenant: Tenant = { domain: 'd', project: 'p' };

function serviceRecord(serviceName: string): ResourceRecord<'SERVICE'> {
  const value = sampleService({ serviceId: serviceName, appId: 'shop', serviceName });
  return {
    type: 'SERVICE',
    key: `/services/${serviceName}`,
    identity: { tenant, serviceId: serviceName },
    value,
    encoded: '',
    createRevision: 1n,
    modRevision: 1n,
    version: 1n,
  };
}

/** A recorder over real indexes and a queue that can be told to fail. */
class Harness {
  readonly services = new ServiceIndex();
  readonly dependencies = new DependencyIndex();
  readonly batches: (readonly QueuedDependency[])[] = [];
  readonly recorder: DependencyRecorder;
  isFailing = false;

  constructor(limits: { readonly pairLimit?: number; readonly batchLimit?: number } = {}) {
    this.recorder = new DependencyRecorder({
      aggregator: this,
      repository: { enqueue: (changes) => this.#enqueue(changes) },
      logger: silentLogger,
      ...limits,
    });
  }

  service(serviceName: string): ResourceRecord<'SERVICE'> {
    const record = serviceRecord(serviceName);
    this.services.replace(undefined, record);
    return record;
  }

  /** Lets everything that is under way come to its end. */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }

  /** What was put into the queue since the last call, as `consumer>provider`. */
  takeQueued(): readonly string[] {
    return this.batches
      .splice(0)
      .flat()
      .map(({ serviceId, dependency }) =>
        [serviceId, ...dependency.providers.map((key) => key.serviceName)].join('>'),
      );
  }

  /** Stores the rule of a provider, as the worker does. */
  rule(
    side: 'c' | 'p',
    owner: ResourceRecord<'SERVICE'>,
    others: readonly ResourceRecord<'SERVICE'>[],
    version = '0.0.0+',
  ): CacheEvent<'DEPENDENCY_RULE'> {
    const identity = {
      ...serviceNameIdentity(tenant, owner.value),
      side,
      version: side === 'p' ? version : owner.value.version,
    };
    const Dependency = others.map(({ value }) => ({
      ...serviceKey(tenant, value),
      version: side === 'c' ? version : value.version,
    }));
    const resource: ResourceRecord<'DEPENDENCY_RULE'> = {
      type: 'DEPENDENCY_RULE',
      key: `${side} ${owner.key}`,
      identity,
      value: { Dependency },
      encoded: '',
      createRevision: 1n,
      modRevision: 1n,
      version: 1n,
    };
    this.dependencies.replace(undefined, resource);
    return {
      type: 'UPDATE',
      resourceType: 'DEPENDENCY_RULE',
      resource,
      previous: undefined,
      cause: undefined,
      revision: 1n,
      receivedMs: 0,
    };
  }

  async #enqueue(changes: readonly QueuedDependency[]): Promise<Written> {
    if (this.isFailing) throw new ServiceCenterError('unavailableBackend');
    this.batches.push(changes);
    return { position: { order: 1n, epoch: 'e', resume: '' } };
  }
}

describe('the dependency recorder', () => {
  it('queues a pair once, for every version of the provider', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    harness.service('cart');

    harness.recorder.record(tenant, web, 'cart');
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    expect(harness.batches).toHaveLength(1);
    expect(harness.batches[0]).toMatchObject([
      {
        serviceId: 'web',
        kind: 'find',
        dependency: {
          consumer: { tenant: 'd/p', serviceName: 'web', version: '1.0.0' },
          providers: [{ tenant: 'd/p', serviceName: 'cart', version: '0.0.0+' }],
          override: false,
        },
      },
    ]);
  });

  it('puts the finds of a moment into few transactions', async () => {
    const harness = new Harness({ batchLimit: 4 });
    harness.service('cart');

    for (let index = 0; index < 10; index++) {
      harness.recorder.record(tenant, harness.service(`web${index}`), 'cart');
    }
    await harness.recorder.close();

    expect(harness.batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
  });

  it('queues nothing when a rule says it already', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    harness.rule('c', web, [harness.service('cart')]);
    harness.rule('c', harness.service('ops'), [harness.service('*')]);
    const ops = harness.service('ops');

    harness.recorder.record(tenant, web, 'cart');
    harness.recorder.record(tenant, ops, 'cart');
    await harness.settle();

    expect(harness.takeQueued()).toEqual([]);
  });

  it('keeps a declared rule for the same name', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    harness.rule('c', web, [harness.service('cart')], '1.0.0');

    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    expect(harness.takeQueued()).toEqual([]);
  });

  it('asks again when the rules of the consumer change', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    const cart = harness.service('cart');
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();
    harness.recorder.handle(harness.rule('c', web, [cart]));
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();
    expect(harness.takeQueued()).toEqual(['web>cart']);

    harness.recorder.handle(harness.rule('c', web, []));
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    expect(harness.takeQueued()).toEqual(['web>cart']);
  });

  it('shows a pair until its rule is stored', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    const cart = harness.service('cart');
    const pending = (): readonly string[] =>
      harness.recorder
        .pendingConsumers(tenant, cart.value)
        .map(({ identity }) => identity.serviceId);
    expect(pending()).toEqual([]);

    harness.recorder.record(tenant, web, 'cart');
    expect(pending()).toEqual(['web']);
    await harness.settle();
    harness.recorder.handle(harness.rule('p', cart, []));
    expect(pending()).toEqual(['web']);
    harness.recorder.handle(harness.rule('p', cart, [web]));

    expect(pending()).toEqual([]);
  });

  it('shows a pair no longer when another server has stored its rule', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    const cart = harness.service('cart');
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    harness.rule('c', web, [cart]);

    expect(harness.recorder.pendingConsumers(tenant, cart.value)).toEqual([]);
  });

  it('forgets a consumer that is deleted', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    const cart = harness.service('cart');
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    harness.recorder.handle({
      type: 'DELETE',
      resourceType: 'SERVICE',
      resource: web,
      previous: undefined,
      cause: 'delete',
      revision: 2n,
      receivedMs: 0,
    });

    expect(harness.recorder.pendingConsumers(tenant, cart.value)).toEqual([]);
  });

  it('tries again with the next find when the store was away', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    const cart = harness.service('cart');
    harness.isFailing = true;
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();
    expect(harness.recorder.pendingConsumers(tenant, cart.value)).toEqual([]);

    harness.isFailing = false;
    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    expect(harness.takeQueued()).toEqual(['web>cart']);
  });

  it('remembers a bounded number of pairs, the oldest consumer forgotten first', async () => {
    const harness = new Harness({ pairLimit: 2 });
    harness.service('cart');
    const consumers = ['a', 'b', 'c'].map((name) => harness.service(name));
    for (const consumer of consumers) harness.recorder.record(tenant, consumer, 'cart');
    await harness.settle();
    harness.takeQueued();

    for (const consumer of consumers.toReversed()) {
      harness.recorder.record(tenant, consumer, 'cart');
    }
    await harness.settle();

    expect(harness.takeQueued()).toEqual(['a>cart']);
  });

  it('takes nothing once it is closed', async () => {
    const harness = new Harness();
    const web = harness.service('web');
    harness.service('cart');
    await harness.recorder.close();

    harness.recorder.record(tenant, web, 'cart');
    await harness.settle();

    expect(harness.takeQueued()).toEqual([]);
  });
});
