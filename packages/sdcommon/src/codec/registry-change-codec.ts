import type { StreamResetReason } from '../model/event-stream.ts';
import type { MicroServiceKey } from '../model/microservice.ts';
import type { RegistryChange, RegistryChangeAction } from '../model/registry-change.ts';
import type { FieldReader } from './field-reader.ts';
import { JsonShapeError } from './json-shape-error.ts';
import { encodeText, JsonWriter } from './json-writer.ts';
import { readMicroServiceInstance } from './microservice-instance-codec.ts';
import {
  encodeMicroServiceKey,
  readMicroService,
  readMicroServiceKey,
} from './microservice-codec.ts';

const actions: readonly RegistryChangeAction[] = ['INIT', 'CREATE', 'UPDATE', 'DELETE'];

/**
 * Encodes a {@link RegistryChange} from a service or instance that is encoded already, so that telling it costs no
 * second encoding.
 *
 * @param kind - what changed
 * @param encoded - its JSON
 */
export function encodeRegistryChange(
  action: RegistryChangeAction,
  key: MicroServiceKey,
  kind: 'service' | 'instance',
  encoded: string,
  position: string | undefined,
): string {
  return new JsonWriter()
    .text('action', action)
    .keep('key', encodeMicroServiceKey(key))
    .keep(kind, encoded)
    .text('position', position ?? '')
    .end();
}

/** Reads a {@link RegistryChange}. @throws JsonShapeError */
export function readRegistryChange(fields: FieldReader): RegistryChange {
  const action = actions.find((known) => known === fields.text('action'));
  if (action === undefined) {
    throw new JsonShapeError('action', `must be one of ${actions.join(', ')}`);
  }
  const key = fields.struct('key', readMicroServiceKey);
  if (key === undefined) throw new JsonShapeError('key', 'must be there');
  const position = fields.text('position');
  const base = { action, key, ...(position !== '' && { position }) };
  const service = fields.struct('service', readMicroService);
  const instance = fields.struct('instance', readMicroServiceInstance);
  if (service !== undefined && instance === undefined) return { ...base, service };
  if (instance !== undefined && service === undefined) return { ...base, instance };
  throw new JsonShapeError('', "must have either 'service' or 'instance'");
}

/** Encodes a {@link StreamReset}. */
export function encodeStreamReset(reason: StreamResetReason): string {
  return `{"reason":${encodeText(reason)}}`;
}

/** Encodes a {@link StreamSynchronized}. */
export function encodeStreamSynchronized(position: string): string {
  return `{"position":${encodeText(position)}}`;
}
