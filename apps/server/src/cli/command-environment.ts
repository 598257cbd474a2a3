import type { Environment } from '../configuration/index.ts';

/** What a command sees of the process it runs in. */
export interface CommandEnvironment {
  readonly variables: Environment;
  readonly workingDirectory: string;
  /** Whether standard error is shown to somebody. */
  readonly isErrorTerminal: boolean;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
}
