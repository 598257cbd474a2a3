/** The processor that the server under measurement has for itself. */
export const serverProcessor = '0';

/** The processor of whatever makes the load. */
export const loadProcessor = '1';

/** The command that keeps a process on the server's processor. */
export const onServerProcessor = ['taskset', '-c', serverProcessor] as const;
