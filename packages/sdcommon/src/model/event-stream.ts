import type { SubscribeRequest } from './event-topic.ts';
import type { RegistryChange } from './registry-change.ts';

/** Why a stream starts over with a snapshot. */
export type StreamResetReason =
  /** The client gave no position. */
  | 'new'
  /** The server does not know the position, or no longer has what came after it. */
  | 'positionUnknown'
  /** The client took the changes so slowly that it has missed some. */
  | 'slow'
  /** What the client may see, or what its consumer depends on, has changed. */
  | 'viewChanged';

/** The client has to forget everything it knows from the stream, its position included; a snapshot follows. */
export interface StreamReset {
  readonly reason: StreamResetReason;
}

/** The client is up to date: the snapshot is complete, or everything after its position was sent. */
export interface StreamSynchronized {
  /** Where to go on after a disconnect. */
  readonly position: string;
}

/** Why the server ends a stream by itself. */
export type StreamLeaveReason =
  /** The server stops; another one, or this one later, goes on. */
  | 'shutdown'
  /** The client is no longer allowed to see anything of it. */
  | 'forbidden'
  /** Something could not be sent. */
  | 'failed';

/** The last message of a stream that the server ends. */
export interface StreamLeave {
  readonly reason: StreamLeaveReason;
}

/** A refusal, as answers of the REST API carry it (spec 01 §5.1). */
export interface StreamError {
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly detail: string;
}

/** What becomes of a {@link SubscribeRequest}. */
export type SubscribeAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: StreamError };

/** What a client of socket.io says in its handshake (`auth`). */
export interface RegistryHandshake {
  /** Default `default`. */
  readonly domain?: string;
  /** Default `default`. */
  readonly project?: string;
}

/** What the server sends over socket.io. */
export interface RegistryServerEvents {
  reset: (message: StreamReset) => void;
  change: (message: RegistryChange) => void;
  synchronized: (message: StreamSynchronized) => void;
  leave: (message: StreamLeave) => void;
}

/** What a client sends over socket.io. */
export interface RegistryClientEvents {
  /** Starts a stream, or replaces the one there is. */
  subscribe: (request: SubscribeRequest, answer: (answer: SubscribeAnswer) => void) => void;
  /** The client has worked off everything up to this position. */
  acknowledge: (position: string) => void;
}
