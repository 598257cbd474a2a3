import type { MicroService } from '@service-center/sdcommon';

import { defaultAppId } from './shared-services.ts';

/**
 * Fills in what a client may leave out at registration (spec 01 §7).
 *
 * @param now - unix seconds; replaces the times that were sent
 */
export function withServiceDefaults(service: MicroService, now: string): MicroService {
  return {
    ...service,
    appId: service.appId || defaultAppId,
    version: service.version || '0.0.1',
    level: service.level || 'BACK',
    status: service.status || 'UP',
    timestamp: now,
    modTimestamp: now,
  };
}
