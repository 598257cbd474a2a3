/** What a stage found: tests for a stage that runs tests, else the stage itself as one. */
export interface StageResult {
  /** How many passed. */
  readonly passed: number;
  /** How many failed. A stage that could not run at all counts as one failed. */
  readonly failed: number;
}

/** One step of `npm test`. */
export interface Stage {
  /** Short name, for `--only` and `--skip`. */
  readonly name: string;
  /** What it makes sure of, in words. */
  readonly title: string;
  /** Runs it to its end with its output going to the terminal. Never rejects because of a finding. */
  run(context: StageContext): Promise<StageResult>;
}

/** What every stage is given. */
export interface StageContext {
  /** The root of the workspace, absolute. */
  readonly root: string;
  /** A directory of this run alone, removed afterwards. */
  readonly scratch: string;
}
