import { createHash } from 'node:crypto';

import type { ResourceRecord } from '@service-center/sdcommon';

/**
 * The revision of a find answer (spec 03 §9.3): SHA-1 of the newest revision and the number of the instances. Where
 * filtering removed candidates, the services that are left count too: two selections may agree in both numbers.
 *
 * An answer without instances is the same answer whatever led to it, and has the same revision.
 *
 * @param instances - what the answer holds
 * @param filteredServiceIds - the services that filtering left; undefined when it removed none
 * @returns 40 hexadecimal digits
 */
export function findRevision(
  instances: readonly ResourceRecord<'INSTANCE'>[],
  filteredServiceIds: readonly string[] | undefined,
): string {
  let newest = 0n;
  for (const { modRevision } of instances) if (modRevision > newest) newest = modRevision;
  let text = `${newest}.${instances.length},`;
  if (filteredServiceIds !== undefined && instances.length > 0) {
    text += sha1(filteredServiceIds.toSorted().join(','));
  }
  return sha1(text);
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
