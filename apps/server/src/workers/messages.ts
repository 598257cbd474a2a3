import { z } from 'zod';

const instanceKey = z.object({
  tenant: z.object({ domain: z.string(), project: z.string() }),
  serviceId: z.string(),
  instanceId: z.string(),
});

// Quantiles of nothing are NaN, and the last bucket of a histogram has no end.
const anyNumber = z.custom<number>((value) => typeof value === 'number');

const summary = z.object({
  count: anyNumber,
  sum: anyNumber,
  quantiles: z.object({ '0.5': anyNumber, '0.9': anyNumber, '0.99': anyNumber }),
  buckets: z.array(z.object({ index: z.number(), count: z.number() })).readonly(),
});

const histogram = z.object({
  count: anyNumber,
  sum: anyNumber,
  buckets: z.array(z.object({ upTo: anyNumber, count: anyNumber })).readonly(),
});

const metrics = z
  .array(
    z.object({
      kind: z.enum(['counter', 'gauge', 'summary', 'histogram']),
      spec: z.object({
        name: z.string(),
        help: z.string(),
        labelNames: z.array(z.string()).readonly().exactOptional(),
        combine: z.enum(['sum', 'max']).exactOptional(),
      }),
      samples: z
        .array(
          z.object({
            labels: z.record(z.string(), z.string()),
            value: z.union([anyNumber, summary, histogram]),
          }),
        )
        .readonly(),
    }),
  )
  .readonly();

/** What a worker says to the primary. */
export const workerMessage = z.discriminatedUnion('kind', [
  /** Its process is up and wants to know what to do. */
  z.object({ kind: z.literal('asking') }),
  /** The store is away; it goes on trying. */
  z.object({ kind: z.literal('waiting') }),
  /** It does not run, and trying again would not help: a line for the user. */
  z.object({ kind: z.literal('refused'), reason: z.string() }),
  /** It takes connections. */
  z.object({
    kind: z.literal('listening'),
    address: z.string(),
    port: z.int(),
    /** Where the data is, in words. */
    store: z.string(),
  }),
  /** It keeps the server registered, as this instance; without one the server does not register itself. */
  z.object({ kind: z.literal('representing'), instance: instanceKey.exactOptional() }),
  /** Its caches show what it was told of with `represented`, as far as the store answered in time. */
  z.object({ kind: z.literal('showing') }),
  /** Somebody asked it for the metrics of the whole server. */
  z.object({ kind: z.literal('metricsWanted'), request: z.int() }),
  /** Its own metrics. */
  z.object({ kind: z.literal('metrics'), round: z.int(), metrics }),
]);

/** See {@link workerMessage}. */
export type WorkerMessage = z.infer<typeof workerMessage>;

/** What the primary says to a worker. */
export const primaryMessage = z.discriminatedUnion('kind', [
  /** Work, with this configuration. */
  z.object({
    kind: z.literal('start'),
    /** Which of the workers it is, from 1 on. */
    worker: z.int(),
    root: z.string(),
    settings: z.array(z.object({ name: z.string(), text: z.string(), origin: z.string() })),
  }),
  /** Keep the server registered, from now on. */
  z.object({ kind: z.literal('represent') }),
  /** Another worker keeps the server registered, as this instance. Answered with `showing`. */
  z.object({ kind: z.literal('represented'), instance: instanceKey }),
  /** Send the own metrics. */
  z.object({ kind: z.literal('collect'), round: z.int() }),
  /** The metrics of the whole server. */
  z.object({ kind: z.literal('metrics'), request: z.int(), metrics }),
]);

/** See {@link primaryMessage}. */
export type PrimaryMessage = z.infer<typeof primaryMessage>;

/** What a worker starts with. */
export type StartMessage = Extract<PrimaryMessage, { readonly kind: 'start' }>;
