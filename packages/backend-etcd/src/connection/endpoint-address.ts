/** Where one member of the cluster listens for clients. */
export interface EndpointAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** `host:port`. */
  readonly target: string;
  readonly isSecure: boolean;
}

/**
 * Reads a list of client URLs, such as `http://127.0.0.1:2379`; without a scheme it is `http`.
 *
 * @throws RangeError when there is none, one is malformed, or some are `https` and others not
 */
export function parseEndpoints(endpoints: readonly string[]): readonly EndpointAddress[] {
  if (endpoints.length === 0) throw new RangeError('etcd: endpoints is empty, one is needed');
  const addresses = endpoints.map((endpoint) => {
    const address = parseEndpoint(endpoint);
    if (address !== undefined) return address;
    // Not shown whole: a URL may carry a password.
    throw new RangeError(
      `etcd: the endpoint of host ${JSON.stringify(toUrl(endpoint)?.host ?? '')} is no URL of the form http://host:port or https://host:port`,
    );
  });
  if (new Set(addresses.map(({ isSecure }) => isSecure)).size > 1) {
    throw new RangeError('etcd: endpoints mixes http and https, all have to be the same');
  }
  return addresses;
}

/** Reads one client URL; undefined when it is malformed, or of another scheme. */
export function parseEndpoint(endpoint: string): EndpointAddress | undefined {
  const url = toUrl(endpoint);
  const isSecure = url?.protocol === 'https:';
  if (url === null || url.hostname === '' || !(isSecure || url.protocol === 'http:')) {
    return undefined;
  }
  const port = url.port === '' ? (isSecure ? '443' : '80') : url.port;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, target: `${url.hostname}:${port}`, isSecure };
}

/** Whether an address leads every machine to itself. */
export function leadsToOneself({ host }: EndpointAddress): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0|::)$/.test(host);
}

function toUrl(endpoint: string): URL | null {
  return URL.parse(endpoint.includes('://') ? endpoint : `http://${endpoint}`);
}
