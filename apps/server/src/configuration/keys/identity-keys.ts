import { ConfigurationKey } from '../configuration-key.ts';
import { choice } from '../value-type.ts';

/** How ids come into being (spec 02 §6). */
export const identityKeys = {
  uuidKind: new ConfigurationKey({
    name: 'uuid.kind',
    type: choice('context', 'buildin'),
    default: 'context',
    aliases: ['uuid_plugin'],
    meaning:
      '`context` derives the id of a service from what names it, so a service that is registered again has the same one; `buildin` makes random ids.',
  }),
} as const;
