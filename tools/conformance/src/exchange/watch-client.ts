import { ExchangeError } from './exchange.ts';
import { FrameQueue, type StreamEnd } from './frame-queue.ts';

/** A websocket whose frames are taken one after the other. */
export class WatchClient {
  readonly #socket: WebSocket;
  readonly #frames = new FrameQueue();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', (event) => {
      const data: unknown = event.data;
      this.#frames.add(typeof data === 'string' ? data : '<binary frame>');
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.#frames.end({ code, reason });
    });
  }

  /**
   * Opens a socket.
   *
   * @throws ExchangeError when the server does not open it in time
   */
  static async open(
    url: string,
    headers: Readonly<Record<string, string>>,
    deadlineMs: number,
  ): Promise<WatchClient> {
    const socket = new WebSocket(url, { headers: { ...headers } });
    const client = new WatchClient(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(new ExchangeError(`not opened within ${deadlineMs} ms`, { isTimeout: true }));
    }, deadlineMs);
    socket.addEventListener('open', () => {
      resolve();
    });
    socket.addEventListener('error', () => {
      reject(new ExchangeError('the server did not open the websocket', { isTimeout: false }));
    });
    try {
      await promise;
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return client;
  }

  /** Sends a text frame. */
  send(text: string): void {
    this.#socket.send(text);
  }

  /** The next frame, how the socket ended before one came, or undefined when the time was over. */
  next(deadlineMs: number): Promise<string | StreamEnd | undefined> {
    return this.#frames.next(deadlineMs);
  }

  /** Closes the socket. */
  close(): void {
    this.#socket.close();
  }
}
