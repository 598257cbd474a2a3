import { maxEventTopics, type EventTopic, type SubscribeRequest } from '../model/event-topic.ts';
import { ServiceCenterError } from '../model/service-center-error.ts';
import { FieldReader } from './field-reader.ts';
import { JsonShapeError } from './json-shape-error.ts';

const kinds = ['domain', 'project', 'app', 'provider', 'service', 'consumer'] as const;

/**
 * Reads a {@link SubscribeRequest} that a client sent: its shape, and how many topics there are. Whoever takes the
 * request checks what their texts look like.
 *
 * @param value - parsed JSON
 * @throws ServiceCenterError `invalidParameters`, with the field named
 */
export function readSubscribeRequest(value: unknown): SubscribeRequest {
  try {
    const fields = FieldReader.open(value);
    const topics = fields.structList('topics', readEventTopic);
    if (topics.length === 0 || topics.length > maxEventTopics) {
      throw new JsonShapeError('topics', `must have 1 to ${maxEventTopics} elements`);
    }
    const position = fields.text('position');
    return { topics, ...(position !== '' && { position }) };
  } catch (error) {
    if (!(error instanceof JsonShapeError)) throw error;
    throw new ServiceCenterError('invalidParameters', error.message, { cause: error });
  }
}

function readEventTopic(fields: FieldReader): EventTopic {
  const kind = kinds.find((known) => known === fields.text('kind'));
  switch (kind) {
    case 'domain':
    case 'project':
      return { kind };
    case 'app':
      return { kind, appId: fields.text('appId'), ...readEnvironment(fields) };
    case 'provider':
      return {
        kind,
        appId: fields.text('appId'),
        serviceName: fields.text('serviceName'),
        ...readEnvironment(fields),
      };
    case 'service':
    case 'consumer':
      return { kind, serviceId: fields.text('serviceId') };
    case undefined:
      throw new JsonShapeError('topics', `must each be of a kind among ${kinds.join(', ')}`);
  }
}

/** An empty environment is one of its own; without any, all are meant. */
function readEnvironment(fields: FieldReader): { readonly environment?: string } {
  return fields.has('environment') ? { environment: fields.text('environment') } : {};
}
