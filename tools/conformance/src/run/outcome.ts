import type { ConformanceCase } from '../case/case.ts';
import type { Form } from '../case/routes.ts';
import type { Difference } from '../case/difference.ts';

/** One exchange of a case, for people to read. */
export interface ExchangeRecord {
  /** The request line, headers that matter, and the body. */
  readonly request: string;
  /** The status line, the headers and the body; or why there was no answer. */
  readonly response: string;
}

/** How a case went in one form of the API. */
export interface Outcome {
  readonly case: ConformanceCase;
  readonly form: Form;
  /** None means that the case holds. */
  readonly differences: readonly Difference[];
  /** The exchanges up to the first that was not as expected; kept only of cases that do not hold. */
  readonly exchanges: readonly ExchangeRecord[];
}

/** Whether a case holds. */
export function holds(outcome: Outcome): boolean {
  return outcome.differences.length === 0;
}
