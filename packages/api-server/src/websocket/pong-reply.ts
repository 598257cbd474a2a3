import { WebSocket } from 'ws';

/**
 * Answers the Pings of a client with one Pong at a time. Of the Pings that come while a Pong waits to be taken only the
 * last is answered (RFC 6455 §5.5.3): a client that pings on and never reads would fill the memory within seconds.
 */
export class PongReply {
  readonly #webSocket: Pick<WebSocket, 'pong' | 'readyState'>;
  #isWriting = false;
  /** What the next Pong has to carry. */
  #owed: Buffer | undefined;

  constructor(webSocket: Pick<WebSocket, 'pong' | 'readyState'>) {
    this.#webSocket = webSocket;
  }

  /** Answers a Ping, at once or when the client has taken the Pong before it. */
  to(payload: Buffer): void {
    if (this.#isWriting) {
      this.#owed = payload;
      return;
    }
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    this.#isWriting = true;
    this.#webSocket.pong(payload, false, () => {
      this.#isWriting = false;
      const owed = this.#owed;
      this.#owed = undefined;
      if (owed !== undefined) this.to(owed);
    });
  }
}
