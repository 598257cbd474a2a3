/** The processor of whatever makes the load. */
export const loadProcessor = '1';

/** The command that keeps the server under measurement on a processor of its own. */
export const onServerProcessor = ['taskset', '-c', '0'] as const;
