/** A figure that a scenario found, and what is wanted of it. */
export interface Figure {
  readonly name: string;
  /** With its unit. */
  readonly measured: string;
  /** With its unit; `''` where nothing is wanted. */
  readonly wanted: string;
  readonly isReached: boolean;
}

/** A thing to measure. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Runs it and says what was found. */
  measure(options: ScenarioOptions): Promise<readonly Figure[]>;
}

/** How long and how often to measure. */
export interface ScenarioOptions {
  readonly seconds: number;
  readonly rounds: number;
}

/** A figure in milliseconds that is to be small. @param detail - what else to print */
export function atMost(name: string, ms: number, wantedMs: number, detail = ''): Figure {
  return {
    name,
    measured: detail === '' ? `${ms.toFixed(1)} ms` : `${ms.toFixed(1)} ms (${detail})`,
    wanted: `<= ${wantedMs} ms`,
    isReached: ms <= wantedMs,
  };
}
