import {
  FieldReader,
  JsonShapeError,
  readMicroServiceInstance,
  readMicroServiceKey,
  readRegistryChange,
  type MicroService,
  type MicroServiceInstance,
  type StringMap,
} from '@service-center/sdcommon';

import type { ObjectState, ReceivedFrame } from '../log/push-log.ts';

/** The property into which writers put a number that they use once. */
export const numberProperty = 'number';

const watchActions = ['INIT', 'CREATE', 'UPDATE', 'DELETE'] as const;

/** What tells the states of an instance apart. */
export function instanceState(instance: MicroServiceInstance): ObjectState {
  const { serviceId, instanceId, status } = instance;
  return { serviceId, instanceId, state: `${numberOf(instance.properties)}/${status}` };
}

/** What tells the states of a service apart. */
export function serviceState({ serviceId, properties }: MicroService): ObjectState {
  return { serviceId, state: numberOf(properties) };
}

/** Reads a message of a consumer's websocket (spec 04 §5.2). */
export function readWatchFrame(text: string): ReceivedFrame {
  return readable(text, () => {
    const fields = FieldReader.parse(text);
    const name = fields.text('action');
    const key = fields.struct('key', readMicroServiceKey);
    const instance = fields.struct('instance', readMicroServiceInstance);
    if (name === 'EXPIRE' && key !== undefined && instance === undefined) {
      const { appId, serviceName, version, environment } = key;
      return { kind: 'expire', appId, serviceName, version, environment };
    }
    const action = watchActions.find((known) => known === name);
    if (action === undefined || key === undefined || instance === undefined) return undefined;
    return { kind: 'change', action, ...instanceState(instance) };
  });
}

/**
 * Reads a message of an event stream.
 *
 * @param event - `reset`, `change`, `synchronized` or `leave`
 * @param body - parsed JSON
 */
export function readStreamFrame(event: string, body: unknown): ReceivedFrame {
  return readable(`${event} ${JSON.stringify(body)}`, () => {
    const fields = FieldReader.open(body);
    switch (event) {
      case 'reset':
      case 'leave':
        return { kind: event, reason: fields.text('reason') };
      case 'synchronized':
        return { kind: event, position: fields.text('position') };
      case 'change': {
        const change = readRegistryChange(fields);
        const object =
          change.service === undefined
            ? instanceState(change.instance)
            : serviceState(change.service);
        return { kind: event, action: change.action, ...object, position: change.position };
      }
      default:
        return undefined;
    }
  });
}

function readable(text: string, read: () => ReceivedFrame | undefined): ReceivedFrame {
  try {
    return read() ?? { kind: 'unreadable', text };
  } catch (error) {
    if (error instanceof JsonShapeError) return { kind: 'unreadable', text };
    throw error;
  }
}

function numberOf(properties: StringMap): string {
  return properties[numberProperty] ?? '';
}
