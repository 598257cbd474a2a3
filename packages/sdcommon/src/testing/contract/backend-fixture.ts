import assert from 'node:assert/strict';

import { test, type TestAPI } from 'vitest';

import type { Backend } from '../../backend/backend.ts';
import type { RegisteredInstance } from '../../backend/instance-repository.ts';
import type { RegisteredService } from '../../backend/service-repository.ts';
import type { Written } from '../../backend/written.ts';
import type { ErrorName } from '../../model/error-table.ts';
import type { MicroServiceInstance } from '../../model/microservice-instance.ts';
import type { MicroService } from '../../model/microservice.ts';
import { ServiceCenterError } from '../../model/service-center-error.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import type { Change, DeleteCause } from '../../source/change.ts';
import type { ListResult, ListWatch } from '../../source/list-watch.ts';
import { hasReached, type Position } from '../../source/position.ts';
import type { Resource, ResourceType } from '../../source/resource.ts';
import { FeedFold } from '../feed/feed-fold.ts';
import { recordFeed, type FeedRecorder } from '../feed/feed-recorder.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import { sampleService } from '../samples/sample-service.ts';
import type { BackendFeatures, BackendHarness, BackendUnderTest } from './backend-harness.ts';

/** How to register a sample. */
export interface SampleOptions {
  readonly tenant?: Tenant;
  /** Whether the client itself chose the id. Default false */
  readonly isIdRequested?: boolean;
}

/** How to register a sample instance. */
export interface SampleInstanceOptions extends SampleOptions {
  /** Default 120. */
  readonly ttlSeconds?: number;
}

/**
 * A backend under test with everything a test of it does all the time. It follows the whole feed from the start, so
 * every test ends with the proof that the fold of the feed equals the list of the store.
 */
export class BackendFixture {
  readonly features: BackendFeatures;
  readonly signal: AbortSignal;
  readonly #subject: BackendUnderTest;
  readonly #fold: FeedFold;
  readonly #recorders = new Set<{ stop(): void }>();
  #follower: FeedRecorder<ResourceType>;
  #foldedCount = 0;
  #isClosed = false;

  private constructor(
    harness: BackendHarness,
    subject: BackendUnderTest,
    start: ListResult<ResourceType>,
    signal: AbortSignal,
  ) {
    this.features = harness.features;
    this.signal = signal;
    this.#subject = subject;
    this.#fold = new FeedFold(start);
    this.#follower = recordFeed(subject.backend.feed, start.position);
  }

  /** Opens a fresh store. */
  static async open(harness: BackendHarness, signal: AbortSignal): Promise<BackendFixture> {
    const subject = await harness.open();
    const start = await subject.backend.feed.list({ signal });
    return new BackendFixture(harness, subject, start, signal);
  }

  get backend(): Backend {
    return this.#subject.backend;
  }

  /** How many timers of the backend wait, where that can be told. */
  get pendingTimers(): number | undefined {
    return this.#subject.time.pendingTimers;
  }

  /** Everything stored, now or at a position. */
  async list(at?: Position): Promise<ListResult<ResourceType>> {
    return this.backend.feed.list(listOptions(this.signal, at));
  }

  /** The stored records of one type, now or at a position. */
  async stored<T extends ResourceType>(type: T, at?: Position): Promise<readonly Resource<T>[]> {
    const list = await this.backend.listWatch(type).list(listOptions(this.signal, at));
    return list.resources;
  }

  /** Where the store stands. */
  async position(): Promise<Position> {
    return this.backend.position(this.signal);
  }

  /** Records a session after a position; left at the end of the test. */
  record<T extends ResourceType>(source: ListWatch<T>, after: Position): FeedRecorder<T> {
    const recorder = recordFeed(source, after);
    this.#recorders.add(recorder);
    return recorder;
  }

  /** Waits until the feed has shown everything that is stored now. */
  async caughtUp(): Promise<Position> {
    const position = await this.position();
    await this.#follower.reached(position);
    return position;
  }

  /** Waits until the feed that was followed from the start satisfies a condition. */
  async until(
    what: string,
    condition: (follower: FeedRecorder<ResourceType>) => boolean,
  ): Promise<void> {
    await this.#follower.until(what, condition);
  }

  /** What a deletion may be shown with, given the cause it has. */
  causesFor(cause: DeleteCause): readonly DeleteCause[] {
    return this.features.tellsCauses ? [cause] : [cause, 'unknown'];
  }

  /** Waits until a number of records of a type is stored; no more may be written meanwhile. */
  async untilStored(type: ResourceType, count: number): Promise<void> {
    const position = await this.caughtUp();
    const { length } = await this.stored(type, position);
    const deletedLater = (change: Change): boolean =>
      change.type === type && change.action === 'delete' && change.revision > position.order;
    await this.#follower.until(`${count} record(s) of ${type}`, ({ changes }) => {
      return length - changes.filter(deletedLater).length <= count;
    });
  }

  /** Registers a sample service. */
  async registerService(
    given: Partial<MicroService> = {},
    options: SampleOptions = {},
  ): Promise<RegisteredService> {
    return this.backend.services.register({
      tenant: options.tenant ?? defaultTenant,
      service: sampleService(given),
      isIdRequested: options.isIdRequested ?? false,
    });
  }

  /** Registers a sample instance; its service has to be there. */
  async registerInstance(
    given: Partial<MicroServiceInstance> = {},
    options: SampleInstanceOptions = {},
  ): Promise<RegisteredInstance> {
    return this.backend.instances.register({
      tenant: options.tenant ?? defaultTenant,
      instance: sampleInstance(given),
      ttlSeconds: options.ttlSeconds ?? 120,
      isIdRequested: options.isIdRequested ?? false,
    });
  }

  /** Waits until a write shows in the feed, and checks that it does so with the promised position. */
  async shown<W extends Written>(writing: Promise<W>): Promise<W> {
    const written = await writing;
    await this.#follower.reached(written.position);
    return written;
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.#subject.time.advance(ms);
  }

  /** Lets leases of a time to live run out that were not renewed meanwhile. */
  async outlive(ttlSeconds: number): Promise<void> {
    await this.advance(ttlSeconds * 1000 + this.features.expiryGraceMs);
  }

  /** Writes a value past the backend. */
  async putRaw(key: string, value: string): Promise<void> {
    await this.#subject.putRaw(key, value);
  }

  /** Forgets history before a position. */
  async compact(before: Position): Promise<void> {
    await this.#subject.compact(before);
  }

  /** Restarts the backend on the same store; the feed is followed on from where it was. */
  async reopen(): Promise<void> {
    this.#foldRecorded();
    await this.#subject.reopen();
    this.#foldRecorded();
    this.#follower.stop();
    this.#follower = recordFeed(this.backend.feed, this.#fold.position);
    this.#foldedCount = 0;
  }

  /** Closes the backend; there is nothing to check any more at the end of the test. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.backend.close();
  }

  /** Checks that the fold of the feed since the start equals the list. */
  async verify(): Promise<void> {
    if (this.#isClosed) return;
    const position = await this.caughtUp();
    this.#foldRecorded();
    assert.ok(hasReached(this.#fold.position, position), 'the feed stands where the store stands');
    const listed = await this.list(this.#fold.position);
    assert.deepStrictEqual(this.#fold.list(), listed, 'the fold of the feed equals the list');
  }

  /** Leaves all sessions and removes the store. */
  async dispose(): Promise<void> {
    this.#follower.stop();
    for (const recorder of this.#recorders) recorder.stop();
    await this.#subject.dispose();
  }

  #foldRecorded(): void {
    for (const response of this.#follower.responses.slice(this.#foldedCount)) {
      this.#fold.apply(response);
      this.#foldedCount++;
    }
  }
}

/** A test with a fresh store; at its end the store is checked, unless the test closed it. */
export type BackendTest = TestAPI<{ readonly store: BackendFixture }>;

/** Makes tests that each get a store of their own. */
export function backendTest(harness: BackendHarness): BackendTest {
  return test.extend<{ readonly store: BackendFixture }>({
    store: async ({ signal }, use) => {
      const store = await BackendFixture.open(harness, signal);
      try {
        await use(store);
        await store.verify();
      } finally {
        await store.dispose();
      }
    },
  });
}

/** The name of the registry's error that a call fails with, or that it did not fail. @throws any other error */
export async function errorNameOf(call: Promise<unknown>): Promise<ErrorName | 'no error'> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    if (ServiceCenterError.is(error)) return error.errorName;
    throw error;
  }
}

function listOptions(
  signal: AbortSignal,
  at: Position | undefined,
): { readonly signal: AbortSignal; readonly at?: Position } {
  return at === undefined ? { signal } : { signal, at };
}
