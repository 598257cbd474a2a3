import { StreamFrame } from '@service-center/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { change, EventStreamServer } from './event-stream-server.ts';
import { SseClient } from './sse-client.ts';

// More than the buffers of both ends of a connection hold.
const huge = change('huge', 'x'.repeat(32_000_000));

describe('the gateway of server-sent events', () => {
  let server: EventStreamServer;

  beforeEach(async () => {
    server = await EventStreamServer.start();
  });

  afterEach(async () => {
    await server.stop();
  });

  const open = (headers: Readonly<Record<string, string>> = {}): Promise<SseClient> =>
    SseClient.open({ port: server.port, target: '/', headers });

  it('writes messages with their positions, and an empty one where none counts', async () => {
    server.first = new StreamFrame('reset', '{"reason":"new"}', undefined);
    const client = await open();
    const { subscriber } = server;
    await subscriber.send(change(undefined, 'listed'));
    await subscriber.send(new StreamFrame('synchronized', '{"position":"p.1"}', 'p.1'));
    await subscriber.send(change('p.2', 'later'));
    await expect.poll(() => client.messages.length).toBe(4);
    expect(client.text.startsWith('retry: 1000\n\nevent: reset\n')).toBe(true);
    expect(client.messages).toEqual([
      { event: 'reset', id: '', data: '{"reason":"new"}' },
      { event: 'change', id: undefined, data: '{"text":"listed"}' },
      { event: 'synchronized', id: 'p.1', data: '{"position":"p.1"}' },
      { event: 'change', id: 'p.2', data: '{"text":"later","position":"p.2"}' },
    ]);
    client.close();
  });

  it('takes the position from the header first', async () => {
    const client = await open({ 'Last-Event-ID': 'p.7' });
    expect(server.requests).toMatchObject([{ position: 'p.7' }]);
    client.close();
  });

  it('names its subscribers', async () => {
    const client = await open();
    expect(server.subscriber.description).toMatchObject({ channel: 'sse' });
    expect(server.subscriber.description.remote).toMatch(/^127\.0\.0\.1:\d+$/);
    client.close();
  });

  it('writes a comment when nothing else was written for 15 s', async () => {
    const client = await open();
    await server.pass(10);
    await server.subscriber.send(change('p.1', 'something'));
    await expect.poll(() => client.messages.length).toBe(1);
    await server.pass(14);
    expect(client.text).not.toContain(':\n\n');
    await server.pass(1);
    await expect.poll(() => client.text).toContain('\n\n:\n\n');
    client.close();
  });

  it('forgets a client that has gone', async () => {
    const client = await open();
    expect(server.sse.size).toBe(1);
    const { subscriber } = server;
    client.close();
    await expect.poll(() => server.sse.size).toBe(0);
    expect(server.subscribers.size).toBe(0);
    expect(server.clock.pendingTimers).toBe(0);
    expect(() => subscriber.send(change('p.1', 'late'))).toThrow('closed');
  });

  it('asks for patience while a client takes nothing, and cuts it after 30 s', async () => {
    const client = await open();
    client.response.pause();
    const pending = server.subscriber.send(huge);
    expect(pending).toBeInstanceOf(Promise);
    await server.pass(29);
    expect(server.sse.size).toBe(1);
    await server.pass(2);
    await pending;
    expect(server.sse.size).toBe(0);
    client.close();
  });

  it('goes on with a client that was slow for a while', async () => {
    const client = await open();
    client.response.pause();
    const pending = server.subscriber.send(huge);
    await server.pass(20);
    client.response.resume();
    await pending;
    await server.pass(40);
    await server.subscriber.send(change('p.9', 'after'));
    await expect.poll(() => client.position).toBe('p.9');
    client.close();
  });

  it('says why it ends a stream', async () => {
    const [refused, stopped] = [await open(), await open()];
    const [first] = server.subscribers;
    first?.close('forbidden');
    await refused.closed;
    expect(refused.messages).toEqual([
      { event: 'leave', id: undefined, data: '{"reason":"forbidden"}' },
    ]);
    server.sse.close();
    await stopped.closed;
    expect(stopped.dataOf('leave')).toEqual([{ reason: 'shutdown' }]);
    await expect.poll(() => server.subscribers.size).toBe(0);
  });

  it('cuts a stream that has failed', async () => {
    const client = await open();
    server.subscriber.close('failed');
    await client.closed;
    expect(client.messages).toEqual([]);
  });

  it('tells a client that comes while the server stops', async () => {
    server.sse.close();
    server.first = new StreamFrame('reset', '{"reason":"new"}', undefined);
    const client = await open();
    await client.closed;
    expect(client.events).toEqual(['leave']);
  });

  it('keeps what another server has stored on several lines in one message', async () => {
    const client = await open();
    await server.subscriber.send(new StreamFrame('change', '{\n"a":\r\n1}', 'p.1'));
    await expect.poll(() => client.messages.length).toBe(1);
    expect(client.dataOf('change')).toEqual([{ a: 1 }]);
    client.close();
  });
});
