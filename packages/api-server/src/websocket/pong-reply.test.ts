import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { PongReply } from './pong-reply.ts';

/** A websocket whose client takes a Pong when the test says so. */
class PlayedWebSocket {
  readonly pongs: string[] = [];
  readyState: WebSocket['readyState'] = WebSocket.OPEN;
  #taken: (() => void) | undefined;

  pong(payload: Buffer, _mask: boolean, taken: () => void): void {
    this.pongs.push(payload.toString());
    this.#taken = taken;
  }

  take(): void {
    this.#taken?.();
  }
}

describe('PongReply', () => {
  it('answers each Ping of a client that reads', () => {
    const webSocket = new PlayedWebSocket();
    const reply = new PongReply(webSocket);
    for (const text of ['1', '2', '3']) {
      reply.to(Buffer.from(text));
      webSocket.take();
    }
    expect(webSocket.pongs).toEqual(['1', '2', '3']);
  });

  it('answers the last of the Pings that came while a Pong was not taken', () => {
    const webSocket = new PlayedWebSocket();
    const reply = new PongReply(webSocket);
    for (const text of ['1', '2', '3', '4']) reply.to(Buffer.from(text));
    expect(webSocket.pongs).toEqual(['1']);
    webSocket.take();
    webSocket.take();
    expect(webSocket.pongs).toEqual(['1', '4']);
  });

  it('says nothing more once the websocket closes', () => {
    const webSocket = new PlayedWebSocket();
    const reply = new PongReply(webSocket);
    reply.to(Buffer.from('1'));
    reply.to(Buffer.from('2'));
    webSocket.readyState = WebSocket.CLOSING;
    webSocket.take();
    expect(webSocket.pongs).toEqual(['1']);
  });
});
