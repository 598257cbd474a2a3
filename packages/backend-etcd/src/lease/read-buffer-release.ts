import type { Clock, Logger } from '@service-center/sdcommon';

import { RpcError } from '../rpc/rpc-error.ts';

/** What a {@link ReadBufferRelease} asks of etcd. @throws RpcError; the signal's reason when it is aborted */
export interface ReadBufferCalls {
  /** The version of the member that is asked, such as `3.4.23`. */
  readonly version: (signal: AbortSignal) => Promise<string>;
  readonly currentRevision: (signal: AbortSignal) => Promise<bigint>;
  /** Grants a lease; returns its id. */
  readonly grantLease: (ttlSeconds: number, signal: AbortSignal) => Promise<bigint>;
  readonly revokeLease: (id: bigint, signal: AbortSignal) => Promise<void>;
}

/** What a {@link ReadBufferRelease} works with. */
export interface ReadBufferReleaseOptions {
  readonly calls: ReadBufferCalls;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Renewals after which it is worth to look: what they cost too much together is far above what a look costs. */
const renewalsPerLook = 200;
/** How long the store has to be quiet, and how long there is at least between two looks. */
const quietMs = 1000;
/** etcd writes to its disk every 100 ms when there is something to write. */
const untilWrittenMs = 300;
/** Others may grant leases, which changes no revision. */
const releaseAgainMs = 60_000;
/** Between looks at an etcd that does not need it, and after a failure. */
const restMs = 600_000;
const afterFailureMs = 10_000;
/** Should it not be revoked, it ends by itself. */
const leaseTtlSeconds = 30;
const affectedVersion = /^3\.4\./;

/**
 * Keeps renewals cheap on etcd 3.4, which copies its whole read buffer for each of them.
 *
 * The answer to a renewal names the store's revision. To know it, etcd 3.4 opens a read transaction, and that copies the
 * tables of what was written lately: 24 KiB for each of keys, leases and its own marks, however little is in them. With
 * all three a renewal takes etcd 60 to 80 µs of processor time, most of it to collect that garbage; with none 10 µs.
 *
 * A table goes with a write to the disk that found nothing in it. When nothing changes there is no such write, so the
 * tables of the last changes stay for as long as nothing changes: in a registry, where renewals are most of what
 * happens, most of the time. To grant a lease is a write without keys and marks, and to revoke it later is one that puts
 * nothing into any table; then all of them are gone. From 3.5 on etcd shares the copy, and nothing is done here.
 */
export class ReadBufferRelease {
  readonly #calls: ReadBufferCalls;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  #renewals = 0;
  #nextLookMs = 0;
  #releasedRevision: bigint | undefined;
  #releasedMs = 0;
  #running: Promise<void> | undefined;

  constructor({ calls, clock, logger }: ReadBufferReleaseOptions) {
    this.#calls = calls;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** To be called for each renewal that is sent. */
  onRenewal(): void {
    if (++this.#renewals < renewalsPerLook) return;
    this.#renewals = 0;
    if (this.#running !== undefined || this.#clock.monotonicMs() < this.#nextLookMs) return;
    if (this.#closing.signal.aborted) return;
    this.#running = this.#look().finally(() => {
      this.#running = undefined;
    });
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the release of the read buffer is closed'));
    await this.#running;
  }

  async #look(): Promise<void> {
    const { signal } = this.#closing;
    try {
      this.#rest(await this.#releaseWhenQuiet(signal));
    } catch (error) {
      if (signal.aborted) return;
      // It is only about speed, and an outage is told by others.
      const level = RpcError.is(error) ? 'debug' : 'error';
      this.#logger[level]({ err: error }, 'etcd: its read buffer could not be released');
      this.#rest(afterFailureMs);
    }
  }

  #rest(ms: number): void {
    this.#nextLookMs = this.#clock.monotonicMs() + ms;
  }

  /** @returns how long there is nothing to do then, milliseconds */
  async #releaseWhenQuiet(signal: AbortSignal): Promise<number> {
    const revision = await this.#calls.currentRevision(signal);
    const isReleased = revision === this.#releasedRevision;
    if (isReleased && this.#clock.monotonicMs() - this.#releasedMs < releaseAgainMs) return quietMs;
    if (!affectedVersion.test(await this.#calls.version(signal))) return restMs;
    await this.#clock.sleep(quietMs, signal);
    if ((await this.#calls.currentRevision(signal)) !== revision) return 0;
    const lease = await this.#calls.grantLease(leaseTtlSeconds, signal);
    await this.#clock.sleep(untilWrittenMs, signal);
    await this.#calls.revokeLease(lease, signal);
    this.#releasedRevision = revision;
    this.#releasedMs = this.#clock.monotonicMs();
    this.#logger.debug({ revision: String(revision) }, 'etcd: its read buffer is released');
    return quietMs;
  }
}
