/** The result codes of SQLite that decide something here. */
export const sqliteResult = { error: 1, busy: 5, corrupt: 11, notADatabase: 26 } as const;

/**
 * The primary result code of an error that SQLite threw; undefined for any other error. Extended codes keep the
 * primary one in their low byte.
 */
export function sqliteResultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
