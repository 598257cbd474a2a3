import {
  FieldReader,
  JsonShapeError,
  readSubscribeRequest,
  type EventTopic,
} from '@service-center/sdcommon';

import type {
  ChangeAction,
  LoggedChange,
  ObjectState,
  PushLogEntry,
  ReceivedFrame,
  SubscriberView,
} from './push-log.ts';

const actions = ['CREATE', 'UPDATE', 'DELETE'] as const satisfies readonly ChangeAction[];

/** A recorded log as lines of JSON. */
export function formatPushLog(entries: Iterable<PushLogEntry>): string {
  let text = '';
  for (const entry of entries) text += `${JSON.stringify(entry)}\n`;
  return text;
}

/**
 * Reads what {@link formatPushLog} wrote.
 *
 * @throws JsonShapeError when a line is no entry of a log
 */
export function parsePushLog(text: string): readonly PushLogEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readEntry(FieldReader.parse(line)));
}

function readEntry(fields: FieldReader): PushLogEntry {
  const type = fields.text('type');
  const act = fields.int32('act');
  const connection = fields.int32('connection');
  const find = fields.int32('find');
  const serviceId = fields.text('serviceId');
  const appId = fields.text('appId');
  const serviceName = fields.text('serviceName');
  switch (type) {
    case 'service': {
      const version = fields.text('version');
      const environment = fields.text('environment');
      const project = fields.text('project');
      return { type, serviceId, project, appId, serviceName, version, environment };
    }
    case 'write':
      return { type, act, changes: fields.structList('changes', readChange) };
    case 'depend':
      return { type, act, consumerId: fields.text('consumerId'), appId, serviceName };
    case 'block':
      return { type, act, serviceId, isBlocked: fields.bool('isBlocked') };
    case 'acknowledged':
      return { type, act };
    case 'connect': {
      const subscriber = fields.text('subscriber');
      const view = required(fields.struct('view', readView), 'view');
      return { type, connection, subscriber, view, ...optional(fields, 'position') };
    }
    case 'open':
    case 'disconnect':
      return { type, connection };
    case 'received':
      return { type, connection, frame: required(fields.struct('frame', readFrame), 'frame') };
    case 'find':
      return { type, connection, find, appId, serviceName };
    case 'found':
      return { type, connection, find, instances: fields.structList('instances', readObject) };
    case 'end':
      return { type, objects: fields.structList('objects', readObject) };
    default:
      throw new JsonShapeError('type', `must not be '${type}'`);
  }
}

function readObject(fields: FieldReader): ObjectState {
  const serviceId = fields.text('serviceId');
  return { serviceId, ...optional(fields, 'instanceId'), state: fields.text('state') };
}

function readChange(fields: FieldReader): LoggedChange {
  return { ...readObject(fields), action: readChoice(fields, 'action', actions) };
}

function readView(fields: FieldReader): SubscriberView {
  const channel = readChoice(fields, 'channel', ['watcher', 'listwatcher', 'socket.io', 'sse']);
  if (channel === 'watcher' || channel === 'listwatcher')
    return { channel, consumerId: fields.text('consumerId') };
  return {
    channel,
    project: fields.text('project'),
    topics: fields.structList('topics', readTopic),
  };
}

function readTopic(fields: FieldReader): EventTopic {
  const topic = Object.fromEntries(
    ['kind', 'appId', 'serviceName', 'environment', 'serviceId'].flatMap((name) =>
      fields.has(name) ? [[name, fields.text(name)]] : [],
    ),
  );
  const [read] = readSubscribeRequest({ topics: [topic] }).topics;
  return required(read, 'topic');
}

function readFrame(fields: FieldReader): ReceivedFrame {
  const kind = fields.text('kind');
  switch (kind) {
    case 'change': {
      const action = readChoice(fields, 'action', ['INIT', ...actions]);
      return { kind, action, ...readObject(fields), ...optional(fields, 'position') };
    }
    case 'expire': {
      const appId = fields.text('appId');
      const serviceName = fields.text('serviceName');
      const version = fields.text('version');
      return { kind, appId, serviceName, version, environment: fields.text('environment') };
    }
    case 'reset':
    case 'leave':
      return { kind, reason: fields.text('reason') };
    case 'synchronized':
      return { kind, position: fields.text('position') };
    case 'unreadable':
      return { kind, text: fields.text('text') };
    default:
      throw new JsonShapeError('kind', `must not be '${kind}'`);
  }
}

function readChoice<T extends string>(fields: FieldReader, name: string, choices: readonly T[]): T {
  const value = fields.text(name);
  const choice = choices.find((known) => known === value);
  return required(choice, name);
}

function optional<Name extends string>(
  fields: FieldReader,
  name: Name,
): { readonly [Key in Name]?: string } {
  const read: { [Key in Name]?: string } = {};
  if (fields.has(name)) read[name] = fields.text(name);
  return read;
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new JsonShapeError(name, 'must be there and known');
  return value;
}
