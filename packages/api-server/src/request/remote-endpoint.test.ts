import { describe, expect, it } from 'vitest';

import { remoteEndpoint } from './remote-endpoint.ts';

describe('the remote endpoint', () => {
  it.each([
    [{ remoteAddress: '10.0.0.7', remoteFamily: 'IPv4', remotePort: 51_034 }, '10.0.0.7:51034'],
    [{ remoteAddress: '::1', remoteFamily: 'IPv6', remotePort: 51_034 }, '[::1]:51034'],
    [{ remoteAddress: undefined, remoteFamily: undefined, remotePort: undefined }, ''],
  ])('%o', (socket, text) => {
    expect(remoteEndpoint(socket)).toBe(text);
  });
});
