/** What the probe in a server tells. */
export interface ProbeAnswer {
  /** The longest time since the beginning for which the event loop came to no timer, milliseconds. */
  readonly longestSliceMs: number;
  /** The most processor time that the main thread took between two timers: a slice without what others took of it. */
  readonly longestSliceCpuMs: number;
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
  return {
    longestSliceMs: figure(value, 'longestSliceMs'),
    longestSliceCpuMs: figure(value, 'longestSliceCpuMs'),
    mainThreadMs: figure(value, 'mainThreadMs'),
    heldBytes: figure(value, 'heldBytes'),
  };
}

function figure(object: unknown, name: keyof ProbeAnswer): number {
  const value: unknown =
    typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
  if (typeof value !== 'number') throw new TypeError(`the probe told no ${name}`);
  return value;
}
