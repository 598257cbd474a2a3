/** The settings of the HTTP server; the configuration keys of spec 05 §6.2 they come from are in brackets. */
export interface ApiServerConfig {
  /** The value of the metric label `instance`: `host:port` of the configuration. */
  readonly instance: string;
  /** General limit of request bodies, bytes (`server.request.maxBodyBytes`). */
  readonly maxBodyBytes: number;
  /** Limit of request line and headers, bytes (`server.request.maxHeaderBytes`). */
  readonly maxHeaderBytes: number;
  /** For a whole request, milliseconds (`server.request.timeout`). */
  readonly readTimeoutMs: number;
  /** For the headers of a request, milliseconds (`server.request.headerTimeout`). */
  readonly readHeaderTimeoutMs: number;
  /** For a connection on which nothing moves while it is answered, milliseconds (`server.response.timeout`). */
  readonly writeTimeoutMs: number;
  /** For a connection between two requests, milliseconds (`server.idle.timeout`). */
  readonly idleTimeoutMs: number;
  /**
   * How often an instance is asked for a heartbeat over its websocket, milliseconds
   * (`heartbeat.websocket.pingInterval`).
   */
  readonly heartbeatPingIntervalMs: number;
  /**
   * How clients may come by socket.io. Long polling needs every request of a client to reach the same process, which is
   * not so where several share a port (`server.workers`).
   */
  readonly socketIoTransports: readonly ('polling' | 'websocket')[];
  /** Serve `/metrics` (`metrics.enable`). */
  readonly metricsEnabled: boolean;
  /** How often the gauge of requests a second is computed, milliseconds (`metrics.interval`). */
  readonly metricsIntervalMs: number;
  /** How many domains get metric series of their own. */
  readonly maxMetricDomains: number;
  /** Requests that take longer are logged, milliseconds (spec 05 §8). */
  readonly slowRequestMs: number;
  /** How many different reads the dispatcher remembers in each of its two generations. */
  readonly rememberedReads: number;
}

/** The settings of a server that is configured with nothing (spec 01 §1.9). */
export const defaultApiServerConfig: ApiServerConfig = Object.freeze<ApiServerConfig>({
  instance: '127.0.0.1:30100',
  maxBodyBytes: 2_097_152,
  maxHeaderBytes: 32_768,
  readTimeoutMs: 60_000,
  readHeaderTimeoutMs: 60_000,
  writeTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  heartbeatPingIntervalMs: 30_000,
  socketIoTransports: ['polling', 'websocket'],
  metricsEnabled: true,
  metricsIntervalMs: 30_000,
  maxMetricDomains: 200,
  slowRequestMs: 1000,
  rememberedReads: 8192,
});
