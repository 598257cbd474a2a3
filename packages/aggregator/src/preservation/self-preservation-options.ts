/** When a mass disappearance of instances is held back (spec 03 §6, spec 00 decision 14). */
export interface SelfPreservationOptions {
  /**
   * The share of all instances that must vanish within a window for the rest to be protected. 0 or less turns holding
   * off: every deletion passes at once. Default 0.8.
   */
  readonly percentage?: number;
  /** Nothing is protected in a registry of this many instances or fewer. Default 5. */
  readonly minimumPopulation?: number;
  /** How long deletions are counted together, milliseconds. Default 2000. */
  readonly windowMs?: number;
  /** How many deletions of unknown cause pass at once in a window, whatever the size of the registry. Default 8. */
  readonly allowance?: number;
  /** The share of all instances that passes at once in a window, if that is more. Default 0.01. */
  readonly allowanceRatio?: number;
  /** The longest protection, also of instances without a health check, milliseconds. Default 600000. */
  readonly maxProtectionMs?: number;
}

/** The options with their defaults. */
export type SelfPreservationSettings = Required<SelfPreservationOptions>;

/** Fills in the defaults. */
export function selfPreservationSettings(
  options: SelfPreservationOptions = {},
): SelfPreservationSettings {
  return {
    percentage: options.percentage ?? 0.8,
    minimumPopulation: options.minimumPopulation ?? 5,
    windowMs: options.windowMs ?? 2000,
    allowance: options.allowance ?? 8,
    allowanceRatio: options.allowanceRatio ?? 0.01,
    maxProtectionMs: options.maxProtectionMs ?? 600_000,
  };
}
