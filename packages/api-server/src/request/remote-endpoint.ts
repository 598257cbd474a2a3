import type { Socket } from 'node:net';

/** Address and port of the other end of a connection, such as `10.0.0.7:51034`; `''` when it is gone. */
export function remoteEndpoint({
  remoteAddress,
  remoteFamily,
  remotePort,
}: Pick<Socket, 'remoteAddress' | 'remoteFamily' | 'remotePort'>): string {
  if (remoteAddress === undefined || remotePort === undefined) return '';
  return remoteFamily === 'IPv6'
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}
