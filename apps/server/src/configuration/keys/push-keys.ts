import { ConfigurationKey } from '../configuration-key.ts';
import { integer } from '../value-type.ts';

const bytes = integer(65_536, 17_179_869_184);
const count = integer(1, 100_000_000);

/** How changes go out to subscribers (spec 03 §7.4, spec 04 §5). */
export const pushKeys = {
  queueLimit: new ConfigurationKey({
    name: 'registry.push.queueLimit',
    type: integer(1, 1_000_000),
    default: '5000',
    meaning:
      'How many changes may wait for one subscriber. One that is slower has to find again (websocket), or gets a fresh snapshot (socket.io and SSE).',
  }),
  logMaxChanges: new ConfigurationKey({
    name: 'registry.push.log.maxChanges',
    type: count,
    default: '100000',
    meaning:
      'How many changes are kept for clients of socket.io and SSE that come back with a position; with an older one they get a fresh snapshot.',
  }),
  logMaxBytes: new ConfigurationKey({
    name: 'registry.push.log.maxBytes',
    type: bytes,
    default: '33554432',
    meaning: 'What these changes may take in memory, about, in bytes.',
  }),
  traceMinutes: new ConfigurationKey({
    name: 'registry.push.trace.minutes',
    type: integer(0, 1440),
    default: '10',
    meaning:
      'For how many minutes `/v4/{project}/admin/pushes` shows which change went to which subscriber; 0 keeps nothing.',
  }),
  traceMaxBytes: new ConfigurationKey({
    name: 'registry.push.trace.maxBytes',
    type: bytes,
    default: '33554432',
    meaning: 'What that may take in memory, about, in bytes; the oldest goes first.',
  }),
} as const;
