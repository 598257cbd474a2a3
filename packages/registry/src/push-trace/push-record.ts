import type { MicroServiceKey, Tenant } from '@service-center/sdcommon';

import type { DropReason } from './drop-reason.ts';
import type { PushChannel } from './subscriber-description.ts';
import type { PushAction } from './traced-push.ts';

/** Which pushes to look for; what is undefined does not matter. */
export interface PushQuery {
  /** Whose services. */
  readonly tenant: Tenant;
  readonly serviceId?: string | undefined;
  readonly instanceId?: string | undefined;
  /** The id of a subscriber: only pushes that went to it, and of their deliveries only those to it. */
  readonly subscriber?: string | undefined;
  /** How many pushes at most. */
  readonly limit: number;
}

/** How far a delivery has come. */
export type DeliveryState = 'queued' | 'sent' | 'acknowledged' | 'dropped';

/** What became of a push for one subscriber; times are Unix milliseconds with fractions. */
export interface DeliveryRecord {
  /** The id of the subscriber, such as `sse-17`. */
  readonly subscriber: string;
  readonly channel: PushChannel;
  readonly remote: string;
  readonly consumerId: string | undefined;
  readonly queuedAt: number;
  readonly sentAt: number | undefined;
  readonly acknowledgedAt: number | undefined;
  readonly droppedAt: number | undefined;
  /** Why it was dropped. */
  readonly reason: DropReason | undefined;
  readonly state: DeliveryState;
}

/** A push as the trace shows it; times are Unix milliseconds with fractions. */
export interface PushRecord {
  readonly action: PushAction;
  readonly key: MicroServiceKey;
  readonly serviceId: string;
  readonly instanceId: string | undefined;
  readonly revision: bigint | undefined;
  /** When the change was known to be durable, where the store tells. */
  readonly committedAt: number | undefined;
  /** When it reached this server's caches. */
  readonly receivedAt: number;
  /** When these had taken it over. */
  readonly appliedAt: number;
  /** In the order in which they were queued. */
  readonly deliveries: readonly DeliveryRecord[];
}

/** What a search found. */
export interface FoundPushes {
  /** The newest first. */
  readonly pushes: readonly PushRecord[];
  /** Whether there are more pushes or deliveries than shown. */
  readonly isTruncated: boolean;
}
