import type { RouteBody } from '../routing/route.ts';

const instanceBodyBytes = 5120;
const propertiesBodyBytes = 3072;

/** How many bytes each kind of request body may have (spec 01 §8). @param general - the limit of the rest */
export function bodyLimits(general: number): Readonly<Record<RouteBody, number>> {
  return { none: 0, general, instance: instanceBodyBytes, properties: propertiesBodyBytes };
}
