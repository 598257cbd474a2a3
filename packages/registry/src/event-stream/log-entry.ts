import {
  encodeRegistryChange,
  type RegistryChangeAction,
  type ResourceRecord,
} from '@service-center/sdcommon';

import { serviceKey } from '../dependency/service-key.ts';
import type { TracedPush } from '../push-trace/index.ts';
import { StreamFrame } from './stream-frame.ts';
import type { ServiceKeys } from './topic-keys.ts';

/** A service, or an instance. */
export type ChangedRecord = ResourceRecord<'SERVICE'> | ResourceRecord<'INSTANCE'>;

/** What a {@link LogEntry} is made of. */
export interface LogEntryOptions {
  /** Counts the changes and marks of the log. */
  readonly sequence: number;
  readonly position: string;
  readonly action: Exclude<RegistryChangeAction, 'INIT'>;
  readonly resource: ChangedRecord;
  /** The service that changed, or that of the instance. */
  readonly service: ResourceRecord<'SERVICE'>;
  /** The topics that are told of it. */
  readonly keys: ServiceKeys;
  /** In the deletion of a service: the keys of those who depended on it and might use it. */
  readonly consumers: ReadonlySet<string>;
  readonly push: TracedPush;
}

// The entry with its push and message, and the record with its parsed value, which only the log may be holding: as the
// caches count their own.
const overheadBytes = 1200;
// A place in a set, at worst half of which is free; all entries share the text itself.
const consumerBytes = 48;

/** One change in the log. */
export class LogEntry {
  readonly sequence: number;
  readonly position: string;
  readonly action: Exclude<RegistryChangeAction, 'INIT'>;
  readonly resource: ChangedRecord;
  readonly service: ResourceRecord<'SERVICE'>;
  readonly keys: ServiceKeys;
  readonly consumers: ReadonlySet<string>;
  readonly push: TracedPush;
  #frame: StreamFrame | undefined;

  constructor(options: LogEntryOptions) {
    this.sequence = options.sequence;
    this.position = options.position;
    this.action = options.action;
    this.resource = options.resource;
    this.service = options.service;
    this.keys = options.keys;
    this.consumers = options.consumers;
    this.push = options.push;
  }

  /** The change as it is sent; the same object for everybody, encoded when the first one needs it. */
  get frame(): StreamFrame {
    this.#frame ??= changeFrame(this.action, this.service, this.resource, this.position);
    return this.#frame;
  }

  /** What the entry takes in memory at most, with all forms of its text, bytes. */
  get bytes(): number {
    // The record's own text has two bytes a character at worst; the message repeats it as text and as UTF-8.
    return overheadBytes + 5 * this.resource.encoded.length + consumerBytes * this.consumers.size;
  }
}

/**
 * Makes the message that tells of a service or an instance.
 *
 * @param service - the one that is told of, or that of the instance
 */
export function changeFrame(
  action: RegistryChangeAction,
  service: ResourceRecord<'SERVICE'>,
  resource: ChangedRecord,
  position: string | undefined,
): StreamFrame {
  const key = serviceKey(service.identity.tenant, service.value);
  const kind = resource.type === 'SERVICE' ? 'service' : 'instance';
  const text = encodeRegistryChange(action, key, kind, resource.encoded, position);
  return new StreamFrame('change', text, position);
}
