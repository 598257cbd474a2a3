import { once } from 'node:events';

import { WebSocket } from 'ws';

/** How a websocket ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client's websocket with what came over it. */
export class WatchClient {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly closed: Promise<Closed>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer) => this.texts.push(data.toString()));
    this.socket.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<Closed>();
    this.closed = promise;
    this.socket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }
}
