import { z } from 'zod';

/** Asks for a backup into a directory, given as an absolute path. */
export const backupRequest = z.object({ target: z.string().min(1).max(4096) });

/** How a command ended; `error` is a line for the user. */
export const controlOutcome = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);

/** See {@link controlOutcome}. */
export type ControlOutcome = z.infer<typeof controlOutcome>;

/** The route of {@link backupRequest}. */
export const backupRoute = '/backup';

/** No command is longer. */
export const maxCommandBytes = 16_384;
