import type { Channel, Connection, ConnectionListener } from './channel.ts';

const accepted = 'HTTP/1.1 200 ';
const mark = Buffer.from('event: ');
const lineEnd = 0x0a;
const nothing = Buffer.alloc(0);

/** A client of the event stream as server-sent events. */
export const serverSentEvents: Channel = {
  name: 'SSE',
  connect(host, consumerId, listener) {
    return new EventReader(host, consumerId, listener);
  },
};

class EventReader implements Connection {
  readonly greeting: string;
  readonly #listener: ConnectionListener;
  #isAccepted = false;
  #isReady = false;
  /** The beginning of what is still to come as a whole. */
  #cut = nothing;

  constructor(host: string, consumerId: string, listener: ConnectionListener) {
    this.greeting = [
      `GET /v4/default/registry/events?consumerId=${consumerId} HTTP/1.1`,
      `Host: ${host}`,
      'X-Domain-Name: default',
      '\r\n',
    ].join('\r\n');
    this.#listener = listener;
  }

  take(arrived: Buffer): void {
    const bytes = this.#cut.length > 0 ? Buffer.concat([this.#cut, arrived]) : arrived;
    if (!this.#isAccepted) {
      if (bytes.length < accepted.length) {
        this.#cut = Buffer.from(bytes);
        return;
      }
      this.#isAccepted = bytes.toString('latin1', 0, accepted.length) === accepted;
      if (!this.#isAccepted) this.#listener.onEnd(bytes.toString('latin1'));
    }
    this.#cut = Buffer.from(bytes.subarray(this.#takeEvents(bytes)));
  }

  /** @returns how many bytes are of no more use */
  #takeEvents(bytes: Buffer): number {
    let offset = 0;
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, offset)) {
      const end = bytes.indexOf(lineEnd, at);
      if (end < 0) return at;
      this.#takeEvent(bytes.toString('latin1', at + mark.length, end));
      offset = end;
    }
    return Math.max(offset, bytes.length - mark.length + 1);
  }

  #takeEvent(kind: string): void {
    if (kind === 'change' && this.#isReady) this.#listener.onChange();
    if (kind === 'leave') this.#listener.onEnd('the server ends the stream');
    if (kind !== 'synchronized') return;
    this.#isReady = true;
    this.#listener.onReady();
  }
}
