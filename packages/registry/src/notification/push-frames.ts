import {
  encodeWatchInstanceEvent,
  type CacheEvent,
  type ResourceRecord,
  type WatchAction,
} from '@service-center/sdcommon';

import { serviceKey } from '../dependency/service-key.ts';
import type { PushCause, PushTrace } from '../push-trace/index.ts';
import { PushFrame } from './push-frame.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** Makes the frames that tell of the instances of a provider (spec 04 §5.2). */
export class PushFrames {
  readonly #trace: PushTrace;

  constructor(trace: PushTrace) {
    this.#trace = trace;
  }

  /** Tells what has become of an instance. */
  changed(event: CacheEvent<'INSTANCE'>, provider: ServiceRecord): PushFrame {
    const push = this.#trace.push(event, provider.value);
    return new PushFrame(encode(event.type, provider, event.resource.encoded), {
      push,
      provider: provider.key,
      expire: () => this.expired(provider, event),
    });
  }

  /** Tells to forget what is known of a provider. @param cause - the change that made it necessary */
  expired(provider: ServiceRecord, cause: PushCause): PushFrame {
    const push = this.#trace.expiry(provider.identity, provider.value, cause);
    const origin = { push, provider: provider.key, expire: undefined };
    return new PushFrame(encode('EXPIRE', provider, undefined), origin);
  }
}

/** Tells of an instance that is there. */
export function listedFrame(provider: ServiceRecord, encodedInstance: string): PushFrame {
  return new PushFrame(encode('INIT', provider, encodedInstance));
}

/** The key of an `INIT` has neither tenant nor alias. @param encodedInstance - undefined in `EXPIRE` */
function encode(
  action: WatchAction,
  { identity, value }: ServiceRecord,
  encodedInstance: string | undefined,
): string {
  const key = serviceKey(identity.tenant, value);
  const shown = action === 'INIT' ? { ...key, tenant: '', alias: '' } : key;
  return encodeWatchInstanceEvent(action, shown, encodedInstance);
}
