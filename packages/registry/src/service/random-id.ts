import { randomUUID } from 'node:crypto';

/** A random id: a UUID of version 4 without dashes, 32 hex digits (spec 02 §5). */
export function randomId(): string {
  return randomUUID().replaceAll('-', '');
}
