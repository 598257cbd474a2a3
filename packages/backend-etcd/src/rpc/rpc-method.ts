import { credentials, type Client } from '@grpc/grpc-js';
import type {
  IAuthenticateRequest,
  IAuthenticateResponse,
  ICompactionRequest,
  ICompactionResponse,
  ILeaseGrantRequest,
  ILeaseGrantResponse,
  ILeaseRevokeRequest,
  ILeaseRevokeResponse,
  IRangeRequest,
  IRangeResponse,
  IStatusResponse,
  ITxnRequest,
  ITxnResponse,
  IWatchRequest,
  IWatchResponse,
} from 'etcd3';
import { Host } from 'etcd3/lib/connection-pool.js';

import type { MemberList } from './member-list.ts';

/** A method of etcd's gRPC API: where it is and how its messages become bytes. */
export interface RpcMethod<Request, Response> {
  /** Such as `/etcdserverpb.KV/Range`. */
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** The methods that the store uses, besides the one that renews leases. 64-bit numbers in their messages are decimal strings. */
export interface RpcMethods {
  readonly range: RpcMethod<IRangeRequest, IRangeResponse>;
  readonly transact: RpcMethod<ITxnRequest, ITxnResponse>;
  readonly compact: RpcMethod<ICompactionRequest, ICompactionResponse>;
  readonly grantLease: RpcMethod<ILeaseGrantRequest, ILeaseGrantResponse>;
  readonly revokeLease: RpcMethod<ILeaseRevokeRequest, ILeaseRevokeResponse>;
  readonly watch: RpcMethod<IWatchRequest, IWatchResponse>;
  readonly authenticate: RpcMethod<IAuthenticateRequest, IAuthenticateResponse>;
  readonly status: RpcMethod<object, IStatusResponse>;
  readonly listMembers: RpcMethod<object, MemberList>;
}

/**
 * Takes the methods from the clients that etcd3 generates. Its own connection pool is not used: it repeats writes whose
 * outcome is unknown, has no way to abort a call, and closes a host's channels on any error that may pass.
 */
export function loadRpcMethods(): RpcMethods {
  // A client connects with its first call; these are never called.
  const host = new Host('127.0.0.1:0', credentials.createInsecure());
  try {
    const kv = host.getServiceClient('KV');
    const lease = host.getServiceClient('Lease');
    return {
      range: methodOf(kv, 'Range'),
      transact: methodOf(kv, 'Txn'),
      compact: methodOf(kv, 'Compact'),
      grantLease: methodOf(lease, 'LeaseGrant'),
      revokeLease: methodOf(lease, 'LeaseRevoke'),
      watch: methodOf(host.getServiceClient('Watch'), 'Watch'),
      authenticate: methodOf(host.getServiceClient('Auth'), 'Authenticate'),
      status: methodOf(host.getServiceClient('Maintenance'), 'Status'),
      listMembers: methodOf(host.getServiceClient('Cluster'), 'MemberList'),
    };
  } finally {
    host.close();
  }
}

function methodOf<Request, Response>(client: Client, name: string): RpcMethod<Request, Response> {
  const service: unknown = Reflect.get(client.constructor, 'service');
  const method: unknown =
    typeof service === 'object' && service !== null ? Reflect.get(service, name) : undefined;
  if (!isRpcMethod<Request, Response>(method)) {
    throw new TypeError(`the generated clients of etcd3 have no method ${name}`);
  }
  return method;
}

/** The generated definition says at run time that it is a method, and in its types of which messages. */
function isRpcMethod<Request, Response>(value: unknown): value is RpcMethod<Request, Response> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    typeof value.path === 'string' &&
    'requestSerialize' in value &&
    typeof value.requestSerialize === 'function' &&
    'responseDeserialize' in value &&
    typeof value.responseDeserialize === 'function'
  );
}
