/** A websocket as the gateway sees it. */
export interface GatewayConnection {
  /** Begins to serve the client. */
  start(): void;
  /** Pings, and ends what has died. Called every half second. */
  tick(nowMs: number): void;
  /** The server shuts down: asks the client to go. */
  leave(): void;
  /** Cuts the connection. */
  terminate(): void;
  /** Lets go of everything; called when the websocket has closed. */
  release(): void;
}

/** The Close code of a server that shuts down (RFC 6455 §7.4.1). */
export const goingAway = 1001;

/** The Close code for a client that may not do any more what it does (RFC 6455 §7.4.1). */
export const policyViolation = 1008;

/** A client that sends neither Ping nor Pong for so long is gone, milliseconds (spec 04 §5.5 and §5.6). */
export const readDeadlineMs = 120_000;

/** A client that does not take what is written for so long is gone, milliseconds (spec 04 §5.5). */
export const writeTimeoutMs = 5000;
