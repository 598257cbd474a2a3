/** The request headers that decide how a request is understood and answered (spec 01 §1.7). `''` means absent. */
export interface RequestHeaders {
  /** `X-Domain-Name`. */
  readonly domainName: string;
  /** `X-Tenant-Name`, which counts in the v3 form only. */
  readonly tenantName: string;
  /** `X-ConsumerId`, the serviceId of the caller. */
  readonly consumerId: string;
  readonly origin: string;
  readonly acceptEncoding: string;
}

/**
 * Picks the deciding headers out of the raw list. Building `request.headers` costs more than a whole heartbeat, so
 * it is left to the rare requests that need another header. Of a repeated header the first value counts.
 *
 * @param rawHeaders - names and values in turns, as `IncomingMessage.rawHeaders` has them
 */
export function readRequestHeaders(rawHeaders: readonly string[]): RequestHeaders {
  let domainName = '';
  let tenantName = '';
  let consumerId = '';
  let origin = '';
  let acceptEncoding = '';
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    switch (name.length) {
      case 6:
        if (isNamed(name, 'Origin', 'origin')) origin = value;
        break;
      case 12:
        if (isNamed(name, 'X-ConsumerId', 'x-consumerid')) consumerId = value;
        break;
      case 13:
        if (isNamed(name, 'X-Domain-Name', 'x-domain-name')) domainName = value;
        else if (isNamed(name, 'X-Tenant-Name', 'x-tenant-name')) tenantName = value;
        break;
      case 15:
        if (isNamed(name, 'Accept-Encoding', 'accept-encoding')) acceptEncoding = value;
        break;
      default:
    }
  }
  return {
    domainName: fromLatin1(domainName),
    tenantName: fromLatin1(tenantName),
    consumerId: fromLatin1(consumerId),
    origin,
    acceptEncoding,
  };
}

function isNamed(name: string, usual: string, lower: string): boolean {
  return name === usual || name === lower || name.toLowerCase() === lower;
}

const beyondAscii = /[\x80-\xff]/;

// Node.js reads header bytes as latin1; clients send names in UTF-8, and the path of the same request is UTF-8 too.
function fromLatin1(value: string): string {
  return beyondAscii.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}
