import {
  encodeWatchInstanceEvent,
  type MicroService,
  type Tenant,
  type WatchAction,
} from '@service-center/sdcommon';

import { serviceKey } from '../dependency/service-key.ts';
import { PushFrame } from './push-frame.ts';

/**
 * Makes the event that tells of an instance of a provider (spec 04 §5.2). The key of an `INIT` has neither tenant nor
 * alias.
 *
 * @param tenant - of the provider
 * @param encodedInstance - the instance's JSON; undefined in `EXPIRE`
 */
export function instancePush(
  action: WatchAction,
  tenant: Tenant,
  provider: MicroService,
  encodedInstance: string | undefined,
): PushFrame {
  const key = serviceKey(tenant, provider);
  const shown = action === 'INIT' ? { ...key, tenant: '', alias: '' } : key;
  return new PushFrame(encodeWatchInstanceEvent(action, shown, encodedInstance));
}
