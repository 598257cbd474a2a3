import { FieldReader, readRegistryChange, type EventTopic } from '@service-center/sdcommon';
import { expect } from 'vitest';

import { RegistrySocketClient } from './registry-socket-client.ts';
import type { RunningServer } from './running-server.ts';
import { SseClient } from './sse-client.ts';

/** The domain of all that is streamed in tests: the server itself is registered in another one. */
export const streamedDomain = 'shop';

/** An event stream, whichever way it comes. */
export interface StreamClient {
  /**
   * What came, a word or two a message: `reset new`, `CREATE name` for a service, `CREATE name/host` for an instance,
   * `synchronized`, `leave shutdown`.
   */
  told(): readonly string[];
  /** The last position that the stream gave. */
  position(): string | undefined;
  /** Hangs up without a word. */
  cut(): void;
}

/** What a stream is opened for, in the words of both ways. */
export interface StreamQuery {
  /** Such as `?scope=domain`. */
  readonly query: string;
  readonly topics: readonly EventTopic[];
}

/** Opens a stream. */
export type OpenStream = (
  server: RunningServer,
  wanted: StreamQuery,
  position?: string,
) => Promise<StreamClient>;

const openSse: OpenStream = async ({ port }, { query }, position) => {
  const client = await SseClient.open({
    port,
    target: `/v4/default/registry/events${query}`,
    headers: {
      'X-Domain-Name': streamedDomain,
      ...(position !== undefined && { 'Last-Event-ID': position }),
    },
  });
  return {
    told: () => client.messages.map(({ event, data }) => summary(event, JSON.parse(data))),
    position: () => client.position,
    cut: () => {
      client.close();
    },
  };
};

const openSocketIo =
  (transport: string): OpenStream =>
  async ({ baseUrl }, { topics }, position) => {
    const client = await new RegistrySocketClient(baseUrl, {
      auth: { domain: streamedDomain },
      transports: [transport],
    }).connected();
    const answer = await client.subscribe({ topics, ...(position !== undefined && { position }) });
    expect(answer).toEqual({ ok: true });
    const messages = () => client.events.filter(([event]) => event !== 'answer');
    return {
      told: () => messages().map(([event, message]) => summary(event, message)),
      position: () =>
        messages()
          .map(([, message]) => FieldReader.open(message).text('position'))
          .findLast((text) => text !== ''),
      cut: () => {
        client.socket.io.engine.close();
      },
    };
  };

/** All ways to an event stream. */
export const streamChannels: readonly (readonly [string, OpenStream])[] = [
  ['server-sent events', openSse],
  ['socket.io by websocket', openSocketIo('websocket')],
  ['socket.io by long polling', openSocketIo('polling')],
];

function summary(event: string, message: unknown): string {
  const fields = FieldReader.open(message);
  if (event === 'synchronized') return event;
  if (event !== 'change') return `${event} ${fields.text('reason')}`;
  const { action, key, instance } = readRegistryChange(fields);
  return `${action} ${key.serviceName}${instance === undefined ? '' : `/${instance.hostName}`}`;
}
