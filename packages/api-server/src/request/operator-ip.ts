import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/**
 * Who sent a request, for logs (spec 01 §1.7): the first usable address of `X-Forwarded-For`, else of `X-Real-Ip`,
 * else the peer's. Never a base for decisions, since a client can write anything into these headers.
 */
export function operatorIp(request: IncomingMessage): string {
  const forwarded = request.headers['x-forwarded-for'];
  const real = request.headers['x-real-ip'];
  for (const list of [forwarded, real]) {
    const text = Array.isArray(list) ? list.join(',') : (list ?? '');
    for (const part of text.split(',')) {
      const address = part.trim();
      if (isIP(address) !== 0 && !isLocalOnly(address)) return address;
    }
  }
  return request.socket.remoteAddress ?? '';
}

const localOnly =
  /^(?:0\.0\.0\.0|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.255\.255\.255|::1?$|fe[89ab]|ff)/i;

// Unspecified, loopback, link-local and multicast addresses say nothing about where a request came from.
function isLocalOnly(address: string): boolean {
  return localOnly.test(address);
}
