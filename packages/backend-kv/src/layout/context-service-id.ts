import { createHash } from 'node:crypto';

import type { ServiceNameIdentity } from '@service-center/sdcommon';

import { keyLayouts } from './key-layouts.ts';

/**
 * The serviceId that follows from a name: the SHA-1 of its index key, in lower-case hex (spec 02 §5, `context`). The
 * same on every server; the alias does not count.
 */
export function contextServiceId(name: ServiceNameIdentity): string {
  return createHash('sha1').update(keyLayouts.SERVICE_INDEX.build(name)).digest('hex');
}
