import { connect, type Socket } from 'node:net';

import { SystemClock, type Clock } from '@service-center/sdcommon';

import { loopback } from './free-ports.ts';
import { reset, type RelayCondition } from './relay.ts';
import { RelayedConnection, type ConnectionConditions } from './relayed-connection.ts';

/** Which direction of connections loses its bytes. */
export type SwallowedDirection = 'toServer' | 'toClient' | 'both';

/** How long bytes are under way, milliseconds. Default of each: 0. */
export interface LinkDelays {
  readonly toServerMs?: number;
  readonly toClientMs?: number;
}

/** Which time delays run by. */
export interface NetworkLinkOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
}

const clear: RelayCondition = { isSwallowing: false, delayMs: 0 };
const swallowing: RelayCondition = { isSwallowing: true, delayMs: 0 };

/**
 * A way from clients to a server, with the connections on it. It is sound, or has one fault, which concerns the
 * connections that are there and those that come; a fault replaces the one before.
 */
export class NetworkLink {
  readonly #clock: Clock;
  readonly #connections = new Set<RelayedConnection>();
  #isCut = false;
  #conditions: ConnectionConditions = { toServer: clear, toClient: clear };

  constructor(options: NetworkLinkOptions = {}) {
    this.#clock = options.clock ?? new SystemClock();
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Bytes of open connections that have vanished. */
  get swallowedBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections) bytes += connection.swallowedBytes;
    return bytes;
  }

  /** Bytes that are delayed, or wait for a slow receiver. */
  get underWayBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections) bytes += connection.underWayBytes;
    return bytes;
  }

  /**
   * Takes a client's connection to a server on loopback. A server that refuses it resets the client.
   *
   * @param client - allows half-open ends
   */
  carry(client: Socket, port: number): void {
    if (this.#isCut) {
      reset(client);
      return;
    }
    this.#connections.add(
      new RelayedConnection({
        client,
        server: connect({ host: loopback, port, allowHalfOpen: true }),
        clock: this.#clock,
        conditions: this.#conditions,
        onClosed: (connection) => {
          this.#connections.delete(connection);
        },
      }),
    );
  }

  /** Resets every connection, and those to come. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#connections) connection.reset();
  }

  /**
   * Accepts and swallows: connections stay open, and bytes vanish, as well as the news that one side is gone. A direction
   * that is not named works.
   */
  halfOpen(direction: SwallowedDirection = 'both'): void {
    this.#change({
      toServer: direction === 'toClient' ? clear : swallowing,
      toClient: direction === 'toServer' ? clear : swallowing,
    });
  }

  /** Lets bytes arrive later, in their order. */
  delay({ toServerMs = 0, toClientMs = 0 }: LinkDelays): void {
    this.#change({
      toServer: { isSwallowing: false, delayMs: toServerMs },
      toClient: { isSwallowing: false, delayMs: toClientMs },
    });
  }

  /** Is sound again. Connections go on, but for those that have lost something: they are reset. */
  resume(): void {
    this.#change({ toServer: clear, toClient: clear });
  }

  #change(conditions: ConnectionConditions): void {
    this.#isCut = false;
    this.#conditions = conditions;
    for (const connection of this.#connections) connection.setConditions(conditions);
  }
}
