import type { IKeyValue } from 'etcd3';

/** A change as etcd shows it. Its generated type says that a previous record is always there. */
export interface WatchEvent {
  readonly type: 'Put' | 'Delete';
  readonly kv: IKeyValue;
  readonly prev_kv: IKeyValue | null;
}
