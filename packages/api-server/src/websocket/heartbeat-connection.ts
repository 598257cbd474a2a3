import type { InstanceLifecycle, NotificationHub, Subscription } from '@service-center/registry';
import {
  ServiceCenterError,
  type Clock,
  type InstanceKey,
  type Logger,
} from '@service-center/sdcommon';
import { WebSocket } from 'ws';

import {
  goingAway,
  readDeadlineMs,
  writeTimeoutMs,
  type GatewayConnection,
} from './gateway-connection.ts';
import { Liveness } from './liveness.ts';
import { PongReply } from './pong-reply.ts';

/** What a {@link HeartbeatConnection} works with. */
export interface HeartbeatConnectionOptions {
  readonly webSocket: WebSocket;
  /** Whom the heartbeats are for. */
  readonly instance: InstanceKey;
  readonly instances: Pick<InstanceLifecycle, 'heartbeat' | 'isRegistered'>;
  readonly hub: Pick<NotificationHub, 'count'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often a heartbeat is asked for. */
  readonly pingIntervalMs: number;
  /** Takes each renewal that is under way, so that somebody waits for it; none of them fails. */
  readonly onRenewal: (renewal: Promise<void>) => void;
}

/** How a client learns that its instance is gone (spec 04 §5.6). */
const instanceGone = {
  code: 4001,
  reason: 'heartbeat reporting failed because the instance does not exist',
} as const;

/**
 * The websocket over which an instance keeps its lease (spec 04 §5.6): the server pings, each Pong is a heartbeat. Has
 * no timer of its own.
 */
export class HeartbeatConnection implements GatewayConnection {
  readonly #options: HeartbeatConnectionOptions;
  readonly #liveness: Liveness;
  #counted: Subscription | undefined;
  #isRenewing = false;
  #isFailing = false;
  /** Since when the client is asked to go. */
  #closingMs: number | undefined;

  constructor(options: HeartbeatConnectionOptions) {
    const { webSocket, clock, pingIntervalMs } = options;
    this.#options = options;
    this.#liveness = new Liveness({
      clock,
      pingIntervalMs,
      // Who is pinged less often than every minute still gets to miss one Ping before it counts as gone.
      readDeadlineMs: Math.max(readDeadlineMs, 2 * pingIntervalMs),
    });
    const pongReply = new PongReply(webSocket);
    webSocket.on('ping', (payload) => {
      pongReply.to(payload);
    });
    webSocket.on('pong', () => {
      this.#liveness.heard();
      this.#renew();
    });
  }

  start(): void {
    const { instances, instance, hub } = this.#options;
    const { tenant, serviceId, instanceId } = instance;
    this.#counted = hub.count(tenant);
    // What is not in memory may have been registered a moment ago at another server; a renewal asks the store.
    if (!instances.isRegistered(tenant, serviceId, instanceId)) this.#renew();
  }

  tick(nowMs: number): void {
    const { webSocket } = this.#options;
    const isOverdue = this.#closingMs !== undefined && nowMs - this.#closingMs >= writeTimeoutMs;
    if (isOverdue || this.#liveness.isSilent(nowMs)) this.terminate();
    else if (this.#liveness.takePing(nowMs) && webSocket.readyState === WebSocket.OPEN) {
      webSocket.ping();
    }
  }

  leave(): void {
    this.#close(goingAway, '');
  }

  terminate(): void {
    this.#options.webSocket.terminate();
  }

  release(): void {
    this.#counted?.close();
  }

  // A Pong that comes while a renewal is under way adds nothing to it, so a flood of them costs the store little.
  #renew(): void {
    if (this.#isRenewing || this.#closingMs !== undefined) return;
    this.#isRenewing = true;
    this.#options.onRenewal(this.#heartbeat());
  }

  async #heartbeat(): Promise<void> {
    const { instances, instance, logger } = this.#options;
    try {
      await instances.heartbeat(instance.tenant, instance.serviceId, instance.instanceId);
      this.#isFailing = false;
    } catch (error) {
      const isGone =
        ServiceCenterError.is(error, 'instanceNotExists') ||
        ServiceCenterError.is(error, 'invalidParameters');
      if (isGone) this.#close(instanceGone.code, instanceGone.reason);
      else {
        // The lease may outlive what keeps the store from answering; the next Pong tries again.
        if (!this.#isFailing) {
          logger.warn({ err: error, ...instance }, 'a heartbeat over a websocket failed');
        }
        this.#isFailing = true;
      }
    } finally {
      this.#isRenewing = false;
    }
  }

  #close(code: number, reason: string): void {
    this.#closingMs ??= this.#options.clock.monotonicMs();
    this.#options.webSocket.close(code, reason);
  }
}
