import { isIPv6 } from 'node:net';

/** `host:port`, with an IPv6 address in brackets. */
export function formatAuthority(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine can reach what listens on the address. */
export function isLoopback(address: string): boolean {
  return (
    address === 'localhost' ||
    address === '::1' ||
    /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address)
  );
}

/** Whether the address stands for every interface. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || /^(?:0*:)*:?0*$/.test(address);
}
