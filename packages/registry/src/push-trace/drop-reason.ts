/** Why a push was not sent to a subscriber. */
export const dropReasons = [
  /** Too much waited for it, so it was told to start over. */
  'slow',
  /** It went away. */
  'disconnected',
  /** Writing to it failed. */
  'failed',
  /** The server is shutting down. */
  'shutdown',
  /** It may subscribe no more. */
  'forbidden',
  /** What it may see has changed, so it was told to start over. */
  'viewChanged',
] as const;

/** Why a push was not sent to a subscriber. */
export type DropReason = (typeof dropReasons)[number];
