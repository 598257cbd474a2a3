import { WebSocketServer, type ServerOptions } from 'ws';

/** How long a client may take to answer a Close, milliseconds. One that is sent away for its flood never does. */
const closeTimeout = 2000;

/** The websocket server below `engine.io`, which has no setting for this time; half a minute is usual. */
export class EngineWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    const patient = { ...options, closeTimeout };
    super(patient);
  }
}
