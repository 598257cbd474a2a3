import { randomUUID } from 'node:crypto';

import {
  silentLogger,
  SystemClock,
  type MicroServiceInstance,
  type MicroServiceKey,
  type MicroService,
  type RegisteredInstance,
  type Tenant,
} from '@service-center/sdcommon';
import { sampleInstance, sampleService, sampleServiceKey } from '@service-center/sdcommon/testing';
import { test, type TestAPI } from 'vitest';

import { KvBackend } from '../../kv-backend.ts';
import type { KvRecord } from '../../store/kv-record.ts';
import type { KvStore } from '../../store/kv-store.ts';
import { readRange } from '../../store/read-range.ts';
import type { KvStoreHarness, KvStoreUnderTest } from '../store/kv-store-harness.ts';

/** Backends on one store, as two servers of a cluster are, and a tenant that no other test has. */
export class KvBackendFixture {
  readonly tenant: Tenant = { domain: `d-${randomUUID()}`, project: 'default' };
  readonly backend: KvBackend;
  /** A second server on the same store. */
  readonly other: KvBackend;
  readonly #subject: KvStoreUnderTest;

  private constructor(subject: KvStoreUnderTest) {
    this.#subject = subject;
    const options = { kind: 'test', store: subject.store, logger: silentLogger };
    const clock = new SystemClock();
    this.backend = new KvBackend({ ...options, clock, lockOwner: 'one' });
    this.other = new KvBackend({ ...options, clock, lockOwner: 'two' });
  }

  /** Opens a store with two backends on it. */
  static async open(harness: KvStoreHarness): Promise<KvBackendFixture> {
    return new KvBackendFixture(await harness.open());
  }

  /** The store itself. */
  get kv(): KvStore {
    return this.#subject.store;
  }

  /** A key, with `{DP}` replaced by the tenant of this test. */
  key(pattern: string): string {
    return pattern.replace('{DP}', `${this.tenant.domain}/${this.tenant.project}`);
  }

  /** The value under a key, given as a pattern. */
  async value(pattern: string): Promise<string | undefined> {
    return (await this.kv.get(this.key(pattern)))?.value;
  }

  /** Writes past the backend, as a server of another generation would. */
  async putRaw(pattern: string, value: string): Promise<bigint> {
    const key = this.key(pattern);
    const { revision } = await this.kv.commit({
      compares: [],
      success: [{ kind: 'put', key, value }],
    });
    return revision;
  }

  /** Everything of this test's tenant, keys as patterns. */
  async dump(): Promise<ReadonlyMap<string, string | undefined>> {
    const records = await this.records('/cse-sr/');
    const own = records.filter(({ key }) => key.includes(this.tenant.domain));
    return new Map(
      own.map(({ key, value }) => [
        key.replace(`${this.tenant.domain}/${this.tenant.project}`, '{DP}'),
        value,
      ]),
    );
  }

  /** The records under a prefix, given as a pattern. */
  async records(pattern: string): Promise<readonly KvRecord[]> {
    const records: KvRecord[] = [];
    for await (const page of readRange(this.kv, { prefix: this.key(pattern) })) {
      records.push(...page.records);
    }
    return records;
  }

  /** Registers a sample service. */
  async registerService(given: Partial<MicroService> = {}): Promise<MicroService> {
    const service = sampleService(given);
    await this.backend.services.register({ tenant: this.tenant, service, isIdRequested: true });
    return service;
  }

  /** Registers a sample instance, through one of the servers. */
  async registerInstance(
    given: Partial<MicroServiceInstance> = {},
    ttlSeconds = 120,
    backend = this.backend,
  ): Promise<RegisteredInstance> {
    return backend.instances.register({
      tenant: this.tenant,
      instance: sampleInstance(given),
      ttlSeconds,
      isIdRequested: true,
    });
  }

  /** The name of a service in this test's tenant, as dependencies carry it. */
  nameOf(service: MicroService, version?: string): MicroServiceKey {
    return sampleServiceKey(service, version ?? service.version, this.tenant);
  }

  /** The lease that an instance hangs on, as its key says. */
  async leaseOf(instanceId = 'cart-1-a'): Promise<bigint> {
    return BigInt((await this.value(`/cse-sr/inst/leases/{DP}/cart-1/${instanceId}`)) ?? '0');
  }

  /** Applies everything that is queued for this test's tenant. */
  async applyQueue(): Promise<void> {
    for (const queued of await this.backend.dependencies.listQueue()) {
      if (queued.identity.tenant.domain === this.tenant.domain) {
        await this.backend.dependencies.apply(queued);
      }
    }
  }

  /** Lets go of the store. */
  async dispose(): Promise<void> {
    await this.backend.close();
    await this.#subject.dispose();
  }
}

/** A test with two backends on a store of its own. */
export type KvBackendTest = TestAPI<{ readonly servers: KvBackendFixture }>;

/** Makes tests that each open a store. */
export function kvBackendTest(harness: KvStoreHarness): KvBackendTest {
  return test.extend<{ readonly servers: KvBackendFixture }>({
    servers: async ({ signal: _ }, use) => {
      const servers = await KvBackendFixture.open(harness);
      try {
        await use(servers);
      } finally {
        await servers.dispose();
      }
    },
  });
}
