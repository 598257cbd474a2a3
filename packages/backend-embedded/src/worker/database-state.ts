import { RowChecksum } from './checksum.ts';

/** What the database says about the whole store. */
export interface DatabaseState {
  readonly storeId: string;
  readonly revision: bigint;
  readonly recordCount: number;
}

/** The checksum that belongs to a state. */
export function stateChecksum(state: DatabaseState): bigint {
  const numbers = BigInt64Array.of(state.revision, BigInt(state.recordCount));
  return new RowChecksum(numbers.length).of(state.storeId, '', numbers);
}
