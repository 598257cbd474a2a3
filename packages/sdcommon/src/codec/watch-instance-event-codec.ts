import type { MicroServiceKey } from '../model/microservice.ts';
import type { WatchAction } from '../model/watch-instance-event.ts';
import { JsonWriter } from './json-writer.ts';
import { encodeMicroServiceKey } from './microservice-codec.ts';

/**
 * Encodes a {@link WatchInstanceEvent} from an instance that is encoded already, so that a push costs no second
 * encoding of what the store holds (spec 04 §5.2).
 *
 * @param encodedInstance - the instance's JSON; undefined in `EXPIRE`
 */
export function encodeWatchInstanceEvent(
  action: WatchAction,
  key: MicroServiceKey,
  encodedInstance: string | undefined,
): string {
  const writer = new JsonWriter().text('action', action).keep('key', encodeMicroServiceKey(key));
  if (encodedInstance !== undefined) writer.keep('instance', encodedInstance);
  return writer.end();
}
