import { ConfigurationKey } from '../configuration-key.ts';
import { automaticCount, choice, duration, flag, integer, list, text } from '../value-type.ts';

/** The server itself: where it listens and what it bounds (spec 01 §1.9, spec 05 §6.2). */
export const serverKeys = {
  environment: new ConfigurationKey({
    name: 'environment',
    type: text,
    default: 'dev',
    aliases: ['runmode'],
    meaning:
      'With `dev` the server registers itself with the environment `development`, else with `production`.',
  }),
  host: new ConfigurationKey({
    name: 'server.host',
    type: text,
    default: '127.0.0.1',
    aliases: ['httpaddr'],
    meaning: 'The address to listen on: an IPv4 or IPv6 address, or a host name.',
  }),
  port: new ConfigurationKey({
    name: 'server.port',
    type: integer(0, 65_535),
    default: '30100',
    aliases: ['httpport'],
    meaning: 'The port to listen on; 0 takes a free one.',
  }),
  workers: new ConfigurationKey({
    name: 'server.workers',
    type: automaticCount(256),
    default: '1',
    meaning:
      'How many processes serve: a number, or `auto` for one for each processor. They share the port, and each has its own caches, so each takes the memory of a server. The embedded store belongs to one process and allows 1 only.',
  }),
  rpcHost: new ConfigurationKey({
    name: 'server.rpc.host',
    type: text,
    default: '',
    aliases: ['rpcaddr'],
    effect: 'later',
    meaning: 'The address of the gRPC listener of the 1.x generation.',
  }),
  rpcPort: new ConfigurationKey({
    name: 'server.rpc.port',
    type: text,
    default: '',
    aliases: ['rpcport'],
    effect: 'later',
    meaning: 'The port of the gRPC listener of the 1.x generation.',
  }),
  turbo: new ConfigurationKey({
    name: 'server.turbo',
    type: flag,
    default: 'false',
    effect: 'later',
    meaning:
      'A second listener for a few routes in the 2.x generation; here every route is served on the one port.',
  }),
  maxHeaderBytes: new ConfigurationKey({
    name: 'server.request.maxHeaderBytes',
    type: integer(1024, 16_777_216),
    default: '32768',
    aliases: ['max_header_bytes'],
    meaning: 'The most bytes that the headers of a request may have.',
  }),
  maxBodyBytes: new ConfigurationKey({
    name: 'server.request.maxBodyBytes',
    type: integer(1024, 268_435_456),
    default: '2097152',
    aliases: ['max_body_bytes'],
    meaning:
      'The most bytes that the body of a request may have, unless the route has a limit of its own.',
  }),
  headerTimeout: new ConfigurationKey({
    name: 'server.request.headerTimeout',
    type: duration(1),
    default: '60s',
    aliases: ['read_header_timeout'],
    meaning: 'How long the headers of a request may take to arrive.',
  }),
  requestTimeout: new ConfigurationKey({
    name: 'server.request.timeout',
    type: duration(1),
    default: '60s',
    aliases: ['read_timeout'],
    meaning: 'How long a whole request may take to arrive.',
  }),
  responseTimeout: new ConfigurationKey({
    name: 'server.response.timeout',
    type: duration(1),
    default: '60s',
    aliases: ['write_timeout'],
    meaning: 'How long an answer may take to be written.',
  }),
  idleTimeout: new ConfigurationKey({
    name: 'server.idle.timeout',
    type: duration(1),
    default: '60s',
    aliases: ['idle_timeout'],
    meaning: 'How long a kept connection may stay idle.',
  }),
  corsOrigins: new ConfigurationKey({
    name: 'server.cors.origins',
    type: list,
    default: '*',
    effect: 'later',
    meaning: 'The origins whose pages may call the API; `*` for any.',
  }),
  pprofMode: new ConfigurationKey({
    name: 'server.pprof.mode',
    type: flag,
    default: '0',
    aliases: ['enable_pprof'],
    effect: 'later',
    meaning: 'Serves the profiling routes.',
  }),
  limitUnit: new ConfigurationKey({
    name: 'server.limit.unit',
    type: choice('ms', 's', 'm', 'h'),
    default: 's',
    aliases: ['limit_ttl'],
    effect: 'later',
    meaning: 'The unit of the connection limit, which no generation of the registry enforces.',
  }),
  limitConnections: new ConfigurationKey({
    name: 'server.limit.connections',
    type: integer(0, 1_000_000_000),
    default: '0',
    aliases: ['limit_conns'],
    effect: 'later',
    meaning: 'The connection limit, which no generation of the registry enforces.',
  }),
  limitIpLookups: new ConfigurationKey({
    name: 'server.limit.ipLookups',
    type: list,
    default: 'RemoteAddr,X-Forwarded-For,X-Real-IP',
    aliases: ['limit_iplookups'],
    effect: 'later',
    meaning: 'Where the connection limit looks for the address of a client.',
  }),
} as const;
