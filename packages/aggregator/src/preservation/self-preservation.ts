import {
  type Clock,
  leaseSeconds,
  type Logger,
  type MicroServiceInstance,
} from '@service-center/sdcommon';

import {
  type SelfPreservationOptions,
  type SelfPreservationSettings,
  selfPreservationSettings,
} from './self-preservation-options.ts';

/** A deletion that has not been applied yet. */
export interface HeldDeletion {
  readonly key: string;
  /** Store revision of the deletion. */
  readonly revision: bigint;
}

interface Held extends HeldDeletion {
  /** Monotonic milliseconds after which it is applied even under protection. */
  readonly protectedUntilMs: number;
}

/** What {@link SelfPreservation} needs. */
export interface SelfPreservationDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options?: SelfPreservationOptions;
  /** How many instances are cached, those with a held deletion included. */
  readonly population: () => number;
  /** Applies deletions that are held no more. */
  readonly release: (deletions: readonly HeldDeletion[]) => void;
}

/**
 * Keeps a burst of vanished instances from emptying the registry (spec 03 §6, spec 00 decision 14).
 *
 * Deletions whose cause is unknown are counted over a window. The first few pass at once, so that ordinary life is never
 * late; what exceeds them is held. When most instances of the registry vanish within a window the cause is taken to be
 * the network or the store: they stay until each has had the time of its own lease to come back. Otherwise everything
 * held is released when the window closes.
 */
export class SelfPreservation {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #settings: SelfPreservationSettings;
  readonly #population: () => number;
  readonly #release: (deletions: readonly HeldDeletion[]) => void;
  readonly #held = new Map<string, Held>();
  /** Deletions of unknown cause that passed in the open window. */
  #passed = 0;
  #isProtecting = false;
  #isInBatch = false;
  #isWindowOver = false;
  #cancelWindow: (() => void) | undefined;

  constructor(dependencies: SelfPreservationDependencies) {
    this.#clock = dependencies.clock;
    this.#logger = dependencies.logger;
    this.#settings = selfPreservationSettings(dependencies.options);
    this.#population = dependencies.population;
    this.#release = dependencies.release;
  }

  /** Whether a mass disappearance is being held back. */
  get isProtecting(): boolean {
    return this.#isProtecting;
  }

  /** How many deletions are held. */
  get heldCount(): number {
    return this.#held.size;
  }

  isHeld(key: string): boolean {
    return this.#held.has(key);
  }

  /** Starts a batch of changes: it is judged as a whole, so the window does not close within it. */
  beginBatch(): void {
    this.#isInBatch = true;
  }

  /**
   * Asks whether a deletion of unknown cause may be applied now.
   *
   * @returns false when it is held; it is released later, or cancelled by {@link SelfPreservation.cancel}
   */
  admit(deletion: HeldDeletion, instance: MicroServiceInstance): boolean {
    if (this.#settings.percentage <= 0) return true;
    if (this.#held.has(deletion.key)) return false;
    this.#openWindow();
    if (!this.#isProtecting && this.#passed < this.#allowance()) {
      this.#passed++;
      return true;
    }
    this.#held.set(deletion.key, {
      ...deletion,
      protectedUntilMs: this.#clock.monotonicMs() + this.#protectionMs(instance),
    });
    return false;
  }

  /** Forgets a held deletion, because the instance is back. */
  cancel(key: string): void {
    if (!this.#held.delete(key)) return;
    if (this.#held.size === 0 && this.#isProtecting) this.#stopProtecting();
  }

  /** Ends a batch and judges it. */
  endBatch(): void {
    this.#isInBatch = false;
    if (!this.#isProtecting && this.#isMassDisappearance()) this.#startProtecting();
    if (this.#isWindowOver) this.#closeWindow();
  }

  /** Forgets everything held and stops its timer. */
  close(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    this.#held.clear();
  }

  #allowance(): number {
    const { allowance, allowanceRatio } = this.#settings;
    return Math.max(allowance, Math.floor((this.#population() + this.#passed) * allowanceRatio));
  }

  #protectionMs(instance: MicroServiceInstance): number {
    const { maxProtectionMs } = this.#settings;
    const seconds = leaseSeconds(instance.healthCheck);
    return seconds === undefined ? maxProtectionMs : Math.min(seconds * 1000, maxProtectionMs);
  }

  #isMassDisappearance(): boolean {
    if (this.#held.size === 0) return false;
    const total = this.#population() + this.#passed;
    const vanished = this.#held.size + this.#passed;
    return (
      total > this.#settings.minimumPopulation && vanished >= total * this.#settings.percentage
    );
  }

  #startProtecting(): void {
    this.#isProtecting = true;
    this.#logger.warn(
      { held: this.#held.size, passed: this.#passed, instances: this.#population() },
      'self-preservation started: most instances vanished at once, they are kept until their leases would have run out again',
    );
  }

  #stopProtecting(): void {
    this.#isProtecting = false;
    this.#logger.info({ instances: this.#population() }, 'self-preservation ended');
  }

  #openWindow(): void {
    this.#cancelWindow ??= this.#clock.schedule(this.#settings.windowMs, () => {
      this.#cancelWindow = undefined;
      this.#isWindowOver = true;
      if (!this.#isInBatch) this.#closeWindow();
    });
  }

  #closeWindow(): void {
    this.#isWindowOver = false;
    this.#passed = 0;
    const due = this.#isProtecting ? this.#takeUnprotected() : this.#takeAll();
    if (this.#held.size > 0) this.#openWindow();
    else if (this.#isProtecting) this.#stopProtecting();
    if (due.length > 0) this.#release(due);
  }

  #takeAll(): readonly HeldDeletion[] {
    const due = [...this.#held.values()];
    this.#held.clear();
    return due;
  }

  #takeUnprotected(): readonly HeldDeletion[] {
    const nowMs = this.#clock.monotonicMs();
    const due = [...this.#held.values()].filter(
      ({ protectedUntilMs }) => protectedUntilMs <= nowMs,
    );
    for (const { key } of due) this.#held.delete(key);
    return due;
  }
}
