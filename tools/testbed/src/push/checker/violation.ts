/**
 * What a recorded log shows to be broken.
 *
 * - `unknown`: a change or state that no write made.
 * - `foreign`: a change of a service that is not in the subscriber's view.
 * - `duplicate`, `outOfOrder`, `gap`: a change told twice, after a later one, or never.
 * - `disagreement`: two subscribers were told the same changes in different orders.
 * - `snapshot`: an initial state that never was, is not of one moment, or is not whole.
 * - `protocol`: a message where the channel does not have it.
 * - `view`: what a subscriber believes at the end is not what the registry holds.
 * - `registry`: what the registry lists at the end is not what it acknowledged.
 */
export type ViolationKind =
  | 'unknown'
  | 'foreign'
  | 'duplicate'
  | 'outOfOrder'
  | 'gap'
  | 'disagreement'
  | 'snapshot'
  | 'protocol'
  | 'view'
  | 'registry';

/** One violation. */
export interface PushViolation {
  readonly kind: ViolationKind;
  /** Absent where no single subscriber is concerned. */
  readonly subscriber?: string;
  /** The index of the entry that showed it. */
  readonly tick: number;
  readonly detail: string;
}

/** Takes what a check finds. */
export type Report = (kind: ViolationKind, tick: number, detail: string) => void;
