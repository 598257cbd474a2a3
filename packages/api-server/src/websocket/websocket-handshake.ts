import type { IncomingMessage } from 'node:http';

const keyForm = /^[+/0-9A-Za-z]{22}==$/;
const supportedVersion = '13';

/** Whether a request is a complete websocket handshake (RFC 6455 §4.2.1). */
export function isWebSocketHandshake(request: IncomingMessage): boolean {
  const { headers } = request;
  return (
    request.method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === supportedVersion &&
    keyForm.test(headers['sec-websocket-key'] ?? '')
  );
}
