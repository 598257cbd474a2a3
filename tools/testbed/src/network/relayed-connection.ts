import type { Socket } from 'node:net';

import type { Clock } from '@service-center/sdcommon';

import { Relay, reset, type RelayCondition } from './relay.ts';

/** The conditions of both directions. */
export interface ConnectionConditions {
  readonly toServer: RelayCondition;
  readonly toClient: RelayCondition;
}

/** What to join. */
export interface RelayedConnectionOptions {
  /** Accepted; half-open ends have to be allowed on both sockets. */
  readonly client: Socket;
  /** Being connected, or connected. */
  readonly server: Socket;
  readonly clock: Clock;
  readonly conditions: ConnectionConditions;
  /** Called once, when both sockets are closed. */
  readonly onClosed: (connection: RelayedConnection) => void;
}

/** A client's connection and one to the server, joined. */
export class RelayedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #toServer: Relay;
  readonly #toClient: Relay;

  constructor(options: RelayedConnectionOptions) {
    const { client, server, clock, conditions, onClosed } = options;
    this.#client = client;
    this.#server = server;
    let openSockets = 2;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {
        // 'close' follows and tells that there was an error.
      });
      socket.once('close', () => {
        openSockets -= 1;
        if (openSockets > 0) return;
        this.#toServer.close();
        this.#toClient.close();
        onClosed(this);
      });
    }
    this.#toServer = new Relay({
      source: client,
      sink: server,
      clock,
      condition: conditions.toServer,
    });
    this.#toClient = new Relay({
      source: server,
      sink: client,
      clock,
      condition: conditions.toClient,
    });
  }

  /** Bytes that have vanished. */
  get swallowedBytes(): number {
    return this.#toServer.swallowedBytes + this.#toClient.swallowedBytes;
  }

  /** Bytes that are delayed, or wait for a slow receiver. */
  get underWayBytes(): number {
    return this.#toServer.underWayBytes + this.#toClient.underWayBytes;
  }

  /** A direction that has lost something and swallows no more would pass on a stream with a hole: that is reset. */
  setConditions(conditions: ConnectionConditions): void {
    this.#toServer.setCondition(conditions.toServer);
    this.#toClient.setCondition(conditions.toClient);
    const hasHole =
      (this.#toServer.hasLost && !conditions.toServer.isSwallowing) ||
      (this.#toClient.hasLost && !conditions.toClient.isSwallowing);
    if (hasHole) this.reset();
  }

  /** Ends both sides with a reset. */
  reset(): void {
    reset(this.#client);
    reset(this.#server);
  }
}
