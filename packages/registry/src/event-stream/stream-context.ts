import type { StreamLeaveReason } from '@service-center/sdcommon';

import type { ConsumerViews } from './consumer-views.ts';
import type { EventLog } from './event-log.ts';
import type { Rooms } from './rooms.ts';
import type { Snapshots } from './snapshots.ts';
import type { StreamSchedule } from './stream-schedule.ts';
import type { Stream } from './stream.ts';

/** What all streams work with. */
export interface StreamContext {
  readonly log: EventLog;
  readonly rooms: Rooms;
  readonly views: ConsumerViews;
  readonly snapshots: Snapshots;
  readonly schedule: StreamSchedule;
  /** How many changes may wait for a subscriber that was up to date. */
  readonly queueLimit: number;
  /** Brings the log up to what the caches have told. */
  readonly settle: () => void;
  /** A stream is closed. @param end - why, when the server ends it */
  readonly onClosed: (stream: Stream, end: StreamLeaveReason | undefined, error: unknown) => void;
}
