import type { ProbeAnswer } from './probe-answer.ts';

const intervalMs = 1;

/** Measures how long the event loop of this thread comes to no timer. */
export class LoopMeter {
  #timer: NodeJS.Timeout | undefined;
  #begunCpuMs = 0;
  #seenMs = 0;
  #seenCpuMs = 0;
  #longestMs = 0;
  #longestCpuMs = 0;

  begin(): void {
    this.end();
    this.#longestMs = 0;
    this.#longestCpuMs = 0;
    this.#seenMs = performance.now();
    this.#seenCpuMs = cpuMs();
    this.#begunCpuMs = this.#seenCpuMs;
    this.#timer = setInterval(() => {
      this.#look();
    }, intervalMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  read(): ProbeAnswer {
    const { heapUsed, external } = process.memoryUsage();
    return {
      longestSliceMs: this.#longestMs,
      longestSliceCpuMs: this.#longestCpuMs,
      mainThreadMs: cpuMs() - this.#begunCpuMs,
      heldBytes: heapUsed + external,
    };
  }

  #look(): void {
    const nowMs = performance.now();
    const nowCpuMs = cpuMs();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#seenMs - intervalMs);
    this.#longestCpuMs = Math.max(this.#longestCpuMs, nowCpuMs - this.#seenCpuMs);
    this.#seenMs = nowMs;
    this.#seenCpuMs = nowCpuMs;
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
