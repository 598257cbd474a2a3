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
