/** What becomes of a connection of a subscriber. */
export interface ConnectionListener {
  /** The server has accepted the subscription, and the client has everything up to now. */
  onReady(): void;
  /** A whole change was received. */
  onChange(): void;
  /** Sends bytes to the server. */
  reply(bytes: Buffer): void;
  /** The connection is over, or what the server sent is not what was expected. */
  onEnd(why: string): void;
}

/** What goes over the connection of one subscriber. */
export interface Connection {
  /** What the client sends first. */
  readonly greeting: string;
  /** Takes what has arrived. The bytes may be overwritten afterwards. */
  take(arrived: Buffer): void;
}

/** A way to be told of changes: 10,000 clients in one thread have to cost less than the server that they load. */
export interface Channel {
  readonly name: string;
  /** @param host - of the server @param consumerId - whose providers are watched */
  connect(host: string, consumerId: string, listener: ConnectionListener): Connection;
}
