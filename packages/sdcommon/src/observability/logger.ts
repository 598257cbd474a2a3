/** Structured context of a log line. Never holds secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where log lines go. A logger of pino has this shape, so it can be handed in as it is.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Drops every line; the default of packages that are used on their own. */
export const silentLogger: Logger = Object.freeze({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
});
