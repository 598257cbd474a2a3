import { ConfigurationKey } from '../configuration-key.ts';
import { integer, text } from '../value-type.ts';

/** The web console, which reads the same `app.conf` as the server (spec 05 §6.2 and §14). */
export const consoleKeys = {
  hostIp: new ConfigurationKey({
    name: 'frontend.host.ip',
    type: text,
    default: '127.0.0.1',
    effect: 'later',
    meaning: 'The address of the web console.',
  }),
  hostPort: new ConfigurationKey({
    name: 'frontend.host.port',
    type: integer(0, 65_535),
    default: '30103',
    effect: 'later',
    meaning: 'The port of the web console.',
  }),
  endpointCidr: new ConfigurationKey({
    name: 'frontend.endpoint.cidr',
    type: text,
    default: '127.0.0.1/32',
    effect: 'later',
    meaning: 'The networks that the web console may reach for a test of a contract.',
  }),
} as const;
