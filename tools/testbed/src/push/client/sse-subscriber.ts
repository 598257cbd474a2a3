import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';

import type { EventTopic } from '@service-center/sdcommon';

import type { ReceivedFrame, StreamView } from '../log/push-log.ts';
import { readStreamFrame } from './received-frames.ts';
import type { RecordingSubscriber, RecordingSubscriberOptions } from './recording-subscriber.ts';
import { SseReader, type SseMessage } from './sse-reader.ts';

/** A subscriber of server-sent events over plain HTTP, which goes on from the last id as a browser does. */
export class SseSubscriber implements RecordingSubscriber {
  readonly name: string;
  readonly view: StreamView;
  readonly #options: RecordingSubscriberOptions<StreamView>;
  #request: ClientRequest | undefined;
  #lastEventId = '';
  #connections = 0;

  constructor(options: RecordingSubscriberOptions<StreamView>) {
    this.name = options.name;
    this.view = options.view;
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#request !== undefined;
  }

  async connect(): Promise<void> {
    const { recorder, baseUrl } = this.#options;
    const position = this.#lastEventId;
    const connection = recorder.connect(this.name, this.view, position || undefined);
    const url = new URL(`/v4/${this.view.project}/registry/events`, baseUrl);
    for (const [name, value] of topicQuery(this.view.topics)) url.searchParams.append(name, value);
    // Both ways to resume have to do the same.
    const isByQuery = this.#connections++ % 2 === 0 && position !== '';
    if (isByQuery) url.searchParams.set('position', position);
    const headers = position === '' || isByQuery ? {} : { 'last-event-id': position };
    const outgoing = request(url, { agent: false, headers });
    this.#request = outgoing;
    const reader = new SseReader((message) => {
      this.#lastEventId = message.id ?? this.#lastEventId;
      recorder.record({ type: 'received', connection, frame: readMessage(message) });
    });
    const { promise: isDecided, resolve: decide } = Promise.withResolvers<void>();
    outgoing.once('response', (response: IncomingMessage) => {
      decide();
      if (response.statusCode !== 200) {
        const text = `status ${String(response.statusCode)}`;
        recorder.record({ type: 'received', connection, frame: { kind: 'unreadable', text } });
      }
      response.setEncoding('utf8').on('data', (chunk: string) => {
        reader.push(chunk);
      });
      // A broken connection closes as well, and that is recorded.
      response.on('error', () => undefined);
    });
    outgoing.on('error', () => undefined);
    outgoing.once('close', () => {
      decide();
      recorder.record({ type: 'disconnect', connection });
      if (this.#request === outgoing) this.#request = undefined;
    });
    outgoing.end();
    await isDecided;
    if (this.isConnected) recorder.record({ type: 'open', connection });
  }

  async leave(): Promise<void> {
    const outgoing = this.#request;
    if (outgoing === undefined) return;
    const closed = once(outgoing, 'close');
    outgoing.destroy();
    await closed;
  }

  async settled(): Promise<void> {
    // Receiving is all that it does.
  }
}

function readMessage({ event, data, id }: SseMessage): ReceivedFrame {
  let body: unknown;
  try {
    body = JSON.parse(data);
  } catch {
    return { kind: 'unreadable', text: data };
  }
  const frame = readStreamFrame(event, body);
  const told = 'position' in frame ? frame.position : undefined;
  // A reset makes the client forget its position, everything that has one brings it.
  const expected = frame.kind === 'reset' ? '' : told;
  return id === expected
    ? frame
    : {
        kind: 'unreadable',
        text: `${event} with id '${id ?? 'none'}' and position '${told ?? ''}'`,
      };
}

function topicQuery(topics: readonly EventTopic[]): readonly (readonly [string, string])[] {
  return topics.flatMap((topic): readonly (readonly [string, string])[] => {
    switch (topic.kind) {
      case 'domain':
        return [['scope', 'domain']];
      case 'project':
        return [];
      case 'service':
        return [['serviceId', topic.serviceId]];
      case 'consumer':
        return [['consumerId', topic.serviceId]];
      case 'app':
        return [['appId', topic.appId], ...environmentQuery(topic)];
      case 'provider':
        return [
          ['appId', topic.appId],
          ['serviceName', topic.serviceName],
          ...environmentQuery(topic),
        ];
    }
  });
}

function environmentQuery(topic: {
  readonly environment?: string;
}): readonly (readonly [string, string])[] {
  return topic.environment === undefined ? [] : [['env', topic.environment]];
}
