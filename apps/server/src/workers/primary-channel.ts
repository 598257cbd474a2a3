import type { Clock, InstanceKey, MetricSnapshot } from '@service-center/sdcommon';

import { primaryMessage, type StartMessage, type WorkerMessage } from './messages.ts';

/** How long the primary may take to put the metrics together; it waits up to 2 s for each worker. */
const metricsTimeoutMs = 4000;

/** What the primary asks of a worker. */
export interface PrimaryListener {
  /** Keep the server registered. */
  onRepresent(): void;
  /** Another worker does. */
  onRepresented(instance: InstanceKey): void;
  /** The own metrics are wanted. */
  collect(): readonly MetricSnapshot[];
}

/** How a worker talks with the primary, over the channel that its process was started with. */
export class PrimaryChannel {
  readonly #clock: Clock;
  readonly #started = Promise.withResolvers<StartMessage>();
  readonly #wanted = new Map<number, (metrics: readonly MetricSnapshot[]) => void>();
  #listener: PrimaryListener | undefined;
  #requests = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    process.on('message', (message) => {
      this.#onMessage(message);
    });
  }

  /** Asks what to do. */
  async start(): Promise<StartMessage> {
    this.send({ kind: 'asking' });
    return this.#started.promise;
  }

  /** Has somebody told what the primary asks from now on. It asks nothing before it was told `listening`. */
  listen(listener: PrimaryListener): void {
    this.#listener = listener;
  }

  /** Sends a message. When the primary is gone, this process ends before it comes to this. */
  send(message: WorkerMessage): void {
    process.send?.(message);
  }

  /** The metrics of the whole server. @throws Error when the primary does not answer in time */
  async collectMetrics(): Promise<readonly MetricSnapshot[]> {
    const request = ++this.#requests;
    const { promise, resolve, reject } = Promise.withResolvers<readonly MetricSnapshot[]>();
    this.#wanted.set(request, resolve);
    const cancel = this.#clock.schedule(metricsTimeoutMs, () => {
      reject(new Error(`the primary did not send the metrics within ${metricsTimeoutMs} ms`));
    });
    this.send({ kind: 'metricsWanted', request });
    try {
      return await promise;
    } finally {
      cancel();
      this.#wanted.delete(request);
    }
  }

  #onMessage(received: unknown): void {
    const message = primaryMessage.parse(received);
    switch (message.kind) {
      case 'start':
        this.#started.resolve(message);
        return;
      case 'represent':
        this.#listener?.onRepresent();
        return;
      case 'represented':
        this.#listener?.onRepresented(message.instance);
        return;
      case 'collect':
        this.send({
          kind: 'metrics',
          round: message.round,
          metrics: this.#listener?.collect() ?? [],
        });
        return;
      case 'metrics':
        this.#wanted.get(message.request)?.(message.metrics);
        return;
    }
  }
}
