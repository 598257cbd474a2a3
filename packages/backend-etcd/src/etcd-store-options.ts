import type {
  Clock,
  Logger,
  MetricRegistry,
  StoreOperationObserver,
} from '@service-center/sdcommon';

/** Certificates for `https` endpoints, PEM. */
export interface EtcdTls {
  /** Whom to trust. Default: the roots that Node knows. */
  readonly ca?: Buffer;
  /** The client's own certificate with its key, when the cluster asks for one. */
  readonly client?: { readonly key: Buffer; readonly certificate: Buffer };
  /**
   * What a server's certificate has to be: signed by whom is trusted and for the configured host (`full`), signed only
   * (`authority`, for certificates that name no hosts), or there at all (`none`). Default `full`.
   */
  readonly verification?: 'full' | 'authority' | 'none';
  /** The oldest version of TLS to speak. Default `TLSv1.2`; etcd speaks nothing older. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /**
   * The cipher suites to offer, by OpenSSL's names; at least one. Those of TLS 1.3 (`TLS_...`) are restricted only when
   * some are named. Default: Node's.
   */
  readonly ciphers?: readonly string[];
}

/** A user of etcd's own access control. */
export interface EtcdUser {
  readonly name: string;
  readonly password: string;
}

/** How to reach an etcd cluster. */
export interface EtcdStoreOptions {
  /** Client URLs of members: `http://host:port`, or `https://` for all. One is used at a time. */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
  readonly user?: EtcdUser;
  /** How long a request may take, milliseconds. Default 30,000 (spec 02 §1.10). */
  readonly requestTimeoutMs?: number;
  /** How long opening and each attempt to connect may take, milliseconds. Default 10,000 (spec 02 §1.10). */
  readonly dialTimeoutMs?: number;
  /**
   * How often the endpoint in use is asked whether it still serves, and how long it has to answer when several are
   * configured, milliseconds. Default 1000.
   */
  readonly probeIntervalMs?: number;
  /**
   * How often the cluster is asked for its members, milliseconds; those that can be reached are used while none of
   * `endpoints` serves. Default: never.
   */
  readonly memberSyncIntervalMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is told of every operation. */
  readonly observer?: StoreOperationObserver;
  /** Gets the counters of the connection. */
  readonly metrics?: MetricRegistry;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}

/** How long a request may take when nothing else is configured, milliseconds. */
export const defaultRequestTimeoutMs = 30_000;

/** How long connecting may take when nothing else is configured, milliseconds. */
export const defaultDialTimeoutMs = 10_000;

/** How often the endpoint in use is asked whether it serves, milliseconds. */
export const defaultProbeIntervalMs = 1000;
