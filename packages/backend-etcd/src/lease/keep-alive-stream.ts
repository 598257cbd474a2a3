import { ServiceCenterError, type Clock } from '@service-center/sdcommon';

import type { KeepAliveAnswer } from '../codec/keep-alive-decoder.ts';
import type { RpcStream, StreamHandlers } from '../connection/rpc-stream.ts';
import { RpcError } from '../rpc/rpc-error.ts';

/** Opens the stream, whose requests are ids of leases; the way to the cluster does. */
export type OpenKeepAliveStream = (
  handlers: StreamHandlers<KeepAliveAnswer>,
  signal: AbortSignal,
) => Promise<RpcStream<bigint>>;

/** What a {@link KeepAliveStream} is made of. */
export interface KeepAliveStreamOptions {
  readonly open: OpenKeepAliveStream;
  /** How long a renewal may take, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A member without a leader ends every stream at once, so there is a pause before the next attempt. */
const reopenPauseMs = 100;

/** A renewal that waits for its answer. */
interface Renewal {
  readonly id: bigint;
  readonly dueMs: number;
  readonly resolve: (ttlSeconds: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Renews leases over one stream that stays open, with any number of renewals in flight (design §3.5).
 *
 * The server answers in the order of the requests. A stream that breaks is replaced, and what was not answered yet is
 * sent again: renewing twice does no harm. Each renewal has its deadline.
 */
export class KeepAliveStream {
  readonly #open: OpenKeepAliveStream;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  /** In the order in which they are due, which is the order in which they were asked for. */
  readonly #waiting = new Set<Renewal>();
  /** The same by lease. */
  readonly #byLease = new Map<bigint, Renewal[]>();
  #stream: RpcStream<bigint> | undefined;
  #opening: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor({ open, timeoutMs, clock }: KeepAliveStreamOptions) {
    this.#open = open;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /**
   * Starts a lease's time anew.
   *
   * @returns its time to live in seconds; undefined when there is no such lease
   * @throws RpcError when no answer came in time, or there is nobody to ask
   */
  renew(id: bigint): Promise<number | undefined> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const dueMs = this.#clock.monotonicMs() + this.#timeoutMs;
      const renewal: Renewal = { id, dueMs, resolve, reject };
      this.#add(renewal);
      if (this.#stream === undefined) this.#reopen(0);
      else this.#stream.write(id);
    });
  }

  /** Ends the stream; what waits fails. */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    this.#stream?.close();
    this.#stream = undefined;
    this.#failAll(closedError());
    await this.#opening;
  }

  #add(renewal: Renewal): void {
    this.#waiting.add(renewal);
    const sameLease = this.#byLease.get(renewal.id);
    if (sameLease === undefined) this.#byLease.set(renewal.id, [renewal]);
    else sameLease.push(renewal);
    this.#cancelTimer ??= this.#clock.schedule(this.#timeoutMs, () => {
      this.#endOverdue();
    });
  }

  #remove(renewal: Renewal): void {
    this.#waiting.delete(renewal);
    const sameLease = this.#byLease.get(renewal.id);
    if (sameLease !== undefined && sameLease.length > 1) {
      sameLease.splice(sameLease.indexOf(renewal), 1);
    } else {
      this.#byLease.delete(renewal.id);
    }
    if (this.#waiting.size === 0) {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
    }
  }

  #reopen(pauseMs: number): void {
    this.#opening ??= this.#connect(pauseMs).finally(() => {
      this.#opening = undefined;
    });
  }

  async #connect(pauseMs: number): Promise<void> {
    try {
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, this.#closing.signal);
      const stream = await this.#open(
        {
          onResponse: (answer) => {
            this.#settle(answer);
          },
          onEnd: (error) => {
            if (this.#stream === stream) this.#onBroken(error);
          },
        },
        this.#closing.signal,
      );
      if (this.#closing.signal.aborted) {
        stream.close();
        return;
      }
      this.#stream = stream;
      for (const { id } of this.#waiting) stream.write(id);
    } catch (error) {
      this.#failAll(error);
    }
  }

  #settle({ id, ttlSeconds }: KeepAliveAnswer): void {
    const renewal = this.#byLease.get(id)?.[0];
    // Answers to what was given up meanwhile.
    if (renewal === undefined) return;
    this.#remove(renewal);
    // No lease lives for no time: this is how the server says that there is none.
    renewal.resolve(ttlSeconds === 0 ? undefined : ttlSeconds);
  }

  #onBroken(error: RpcError): void {
    this.#stream = undefined;
    if (this.#waiting.size === 0) return;
    if (error.isOfEndpoint) this.#reopen(reopenPauseMs);
    else this.#failAll(error);
  }

  #endOverdue(): void {
    this.#cancelTimer = undefined;
    const nowMs = this.#clock.monotonicMs();
    let hasOverdue = false;
    for (const renewal of this.#waiting) {
      if (renewal.dueMs > nowMs) {
        this.#cancelTimer = this.#clock.schedule(renewal.dueMs - nowMs, () => {
          this.#endOverdue();
        });
        break;
      }
      hasOverdue = true;
      this.#remove(renewal);
      const waited = `no answer to the renewal of lease ${renewal.id} within ${this.#timeoutMs} ms`;
      renewal.reject(new RpcError('timedOut', `etcd: ${waited}`));
    }
    // The server answers in order, so those behind would wait in vain as well. It also keeps an answer that comes too
    // late from being taken for that of a younger renewal of the same lease.
    if (hasOverdue && this.#stream !== undefined) {
      this.#stream.close();
      this.#stream = undefined;
      if (this.#waiting.size > 0) this.#reopen(reopenPauseMs);
    }
  }

  #failAll(error: unknown): void {
    for (const renewal of this.#waiting) {
      this.#remove(renewal);
      renewal.reject(error);
    }
  }
}

function closedError(): ServiceCenterError {
  return new ServiceCenterError('unavailableBackend', 'the etcd store is closed');
}
