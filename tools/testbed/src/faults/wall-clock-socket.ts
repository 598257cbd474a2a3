/** The environment variable that tells the preloaded part where to listen. */
export const wallClockSocketVariable = 'TESTBED_WALL_CLOCK';
