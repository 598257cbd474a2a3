import type { Backend } from '../../backend/backend.ts';
import type { Position } from '../../source/position.ts';
import type { ResourceType } from '../../source/resource.ts';

/** What a store can do, where stores differ. */
export interface BackendFeatures {
  /** The shortest time to live that the store grants as asked, seconds. */
  readonly minTtlSeconds: number;
  /** How long after the end of its lease an instance may still be stored, milliseconds. */
  readonly expiryGraceMs: number;
  /** Whether the cause of every deletion is told; otherwise one that came with the end of a lease is `unknown`. */
  readonly tellsCauses: boolean;
  /** Whether history can be compacted at will. */
  readonly compacts: boolean;
  /** Whether a position of before a restart can be continued from; otherwise it counts as compacted. */
  readonly keepsHistory: boolean;
  /** How many random scripts to run; each on a store of its own. */
  readonly scriptRuns: number;
  /** Keys of records that belong to a type but name nothing, such as one with a part missing. */
  readonly malformedKeys: readonly { readonly type: ResourceType; readonly key: string }[];
}

/** Control over the time that decides about leases. */
export interface TestTime {
  /** Lets time pass; a store that owns its clock is waited for. */
  advance(ms: number): Promise<void>;
  /** How many timers of the backend wait; must be 0 after it was closed. Undefined where nobody can tell. */
  readonly pendingTimers?: number;
}

/** One store, fresh and empty, with a backend on it. */
export interface BackendUnderTest {
  /** The backend; another one after {@link BackendUnderTest.reopen}. */
  readonly backend: Backend;
  readonly time: TestTime;
  /** Writes a value past the backend, as another server or an operator would. */
  putRaw(key: string, value: string): Promise<void>;
  /** Forgets history before a position, which stays readable itself. */
  compact(before: Position): Promise<void>;
  /** Closes the backend and opens one on the same store, as a restart of the server does. */
  reopen(): Promise<void>;
  /** Closes the backend if it is open and removes the store. */
  dispose(): Promise<void>;
}

/** Makes stores for the contract suite. */
export interface BackendHarness {
  readonly features: BackendFeatures;
  open(): Promise<BackendUnderTest>;
}
