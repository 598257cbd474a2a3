import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { EventClient } from '../src/exchange/event-client.ts';
import { FakeServer } from './fake-server.ts';

describe('a client of server-sent events', () => {
  let server: FakeServer;
  let url: URL;
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    server = await FakeServer.start((_request, _body, response) => {
      answer(response);
    });
    url = new URL('/events', server.baseUrl);
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  const deadlineMs = 5000;
  const open = (): Promise<EventClient> => EventClient.open(url, {}, deadlineMs);
  const stream = (...pieces: readonly string[]): void => {
    answer = (response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (const piece of pieces) response.write(piece);
      response.end();
    };
  };

  it('gives one message after the other, however they are cut, and then the end', async () => {
    stream(
      'retry: 1\n\nevent: a\nid:\nda',
      'ta: {"x":1}\n\n:\n\nevent: b\nid: p.1\ndata: 2\n',
      '\n',
    );
    const client = await open();
    expect(await client.next(deadlineMs)).toBe('{"event":"a","id":"","data":{"x":1}}');
    expect(await client.next(deadlineMs)).toBe('{"event":"b","id":"p.1","data":2}');
    expect(await client.next(deadlineMs)).toEqual({ code: 0, reason: 'the stream is over' });
  });

  it('gives nothing when nothing comes in time', async () => {
    answer = (response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
    };
    const client = await open();
    expect(await client.next(10)).toBeUndefined();
    client.close();
  });

  it.each([
    [400, 'text/event-stream'],
    [200, 'application/json'],
  ])('takes %i with %s for a refusal', async (status, type) => {
    answer = (response) => {
      response.writeHead(status, { 'Content-Type': type });
      response.end('{}');
    };
    await expect(open()).rejects.toMatchObject({ name: 'ExchangeError', isTimeout: false });
  });

  it('does not wait for ever for an answer', async () => {
    answer = () => undefined;
    await expect(EventClient.open(url, {}, 20)).rejects.toMatchObject({
      name: 'ExchangeError',
      isTimeout: true,
    });
  });
});
