import type { IMember, IResponseHeader } from 'etcd3';

/** What a member says of its cluster. */
export interface MemberList {
  /** Who says so, as decimal strings; null when that is not told, as by a server of gRPC that is no etcd. */
  readonly header: Pick<IResponseHeader, 'cluster_id' | 'member_id'> | null;
  readonly members: readonly IMember[];
}
