/** What the probe in a server tells. */
export interface ProbeAnswer {
  /** The longest time since the beginning for which the event loop came to no timer, milliseconds. */
  readonly longestSliceMs: number;
  /** Processor time of the main thread since the beginning, milliseconds. */
  readonly mainThreadMs: number;
  /** What the heap and the buffers hold now, bytes. */
  readonly heldBytes: number;
}

/** The environment variable with the path of the socket on which the probe answers. */
export const probeVariable = 'BENCH_PROBE';

/** What the probe can be told; each is one line, and is answered. */
export const probeOrders = {
  /** Times count from now on. */
  begin: 'begin',
  /** Nothing is measured any more. */
  end: 'end',
  /** Garbage is collected. */
  collect: 'collect',
} as const;

/** @throws TypeError when it is none */
export function readProbeAnswer(text: string): ProbeAnswer {
  const value: unknown = JSON.parse(text);
  if (
    typeof value !== 'object' ||
    value === null ||
    !('longestSliceMs' in value && 'mainThreadMs' in value && 'heldBytes' in value) ||
    typeof value.longestSliceMs !== 'number' ||
    typeof value.mainThreadMs !== 'number' ||
    typeof value.heldBytes !== 'number'
  ) {
    throw new TypeError(`${text} is no answer of the probe`);
  }
  const { longestSliceMs, mainThreadMs, heldBytes } = value;
  return { longestSliceMs, mainThreadMs, heldBytes };
}
