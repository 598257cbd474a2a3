/** Certificates of an etcd server and of the testbed's own requests to it, as files in PEM. */
export interface EtcdTls {
  /** Who signed the certificates. */
  readonly caFile: string;
  /** The server's certificate, for 127.0.0.1; also what the testbed shows as a client. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Turns away clients without a certificate of that authority. Default false. */
  readonly requiresClientCertificate?: boolean;
}
