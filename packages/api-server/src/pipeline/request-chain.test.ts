import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

import {
  MetricRegistry,
  ServiceCenterError,
  silentLogger,
  type Logger,
} from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RequestMetrics } from '../observability/request-metrics.ts';
import { ReplyWriter } from '../reply/reply-writer.ts';
import { emptyReply, jsonReply } from '../reply/reply.ts';
import { routeTable } from '../routing/route-table.ts';
import { expandRoutes } from '../routing/route.ts';
import { Admission } from './admission.ts';
import { createExpressApp } from './express-app.ts';
import type { Handler } from './handler.ts';
import { RequestChain } from './request-chain.ts';

interface LogLine {
  readonly level: 'error' | 'warn';
  readonly message: string;
}

describe('RequestChain', () => {
  const clock = new ManualClock();
  const shutdown = new AbortController();
  let handler: Handler;
  let log: LogLine[];
  let internalErrors: string[];
  let metrics: MetricRegistry;
  let server: Server;
  let baseUrl: string;
  let port: number;

  beforeEach(async () => {
    log = [];
    internalErrors = [];
    metrics = new MetricRegistry();
    const logger: Logger = {
      ...silentLogger,
      warn: (_fields, message) => log.push({ level: 'warn', message }),
      error: (_fields, message) => log.push({ level: 'error', message }),
    };
    const admission = new Admission({ serverName: 'S' });
    const writer = new ReplyWriter('S');
    const chain = new RequestChain({
      handlerOf: () => (context, body) => handler(context, body),
      writer,
      metrics: new RequestMetrics({ metrics, clock, maxDomains: 10 }),
      clock,
      logger,
      hooks: { onInternalError: (envelope) => internalErrors.push(envelope) },
      maxBodyBytes: 1000,
      slowRequestMs: 1000,
      signal: shutdown.signal,
    });
    const routes = expandRoutes(routeTable);
    server = createServer(createExpressApp({ admission, chain, writer, routes }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    port = address.port;
    baseUrl = `http://127.0.0.1:${port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const internalError =
    '{"errorCode":"500003","errorMessage":"Internal server error","detail":"a fault"}';

  it.each<[string, Handler]>([
    [
      'throws',
      () => {
        throw new TypeError('a fault');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('a fault'))],
  ])(
    'answers 500003 without a stack when a handler %s, and raises the alarm',
    async (_how, faulty) => {
      handler = faulty;
      const response = await fetch(`${baseUrl}/version`);
      expect([response.status, await response.text()]).toEqual([500, internalError]);
      expect(internalErrors).toEqual([internalError]);
      expect(log).toEqual([{ level: 'error', message: 'request failed' }]);
    },
  );

  it('raises no alarm and logs nothing when the fault is the client’s', async () => {
    handler = () => {
      throw new ServiceCenterError('serviceNotExists', 'x');
    };
    const response = await fetch(`${baseUrl}/version`);
    expect(response.status).toBe(400);
    expect([internalErrors, log]).toEqual([[], []]);
  });

  it('logs a request that took longer than a second', async () => {
    handler = async () => {
      await clock.advance(1001);
      return emptyReply;
    };
    await fetch(`${baseUrl}/version?x=1`);
    expect(log).toEqual([{ level: 'warn', message: '[1001ms]GET /version?x=1' }]);
    handler = async () => {
      await clock.advance(1000);
      return emptyReply;
    };
    await fetch(`${baseUrl}/version`);
    expect(log).toHaveLength(1);
  });

  it('counts answers by domain and status', async () => {
    handler = () => emptyReply;
    const target = `${baseUrl}/v4/default/registry/version`;
    await fetch(target, { headers: { 'X-Domain-Name': 'd' } });
    await fetch(target, { headers: { 'X-Domain-Name': 'a b' } });
    const requests = metrics.collect().find(({ spec }) => spec.name === 'http_request_total');
    expect(requests?.samples.map(({ labels }) => [labels['domain'], labels['code']])).toEqual([
      ['d', '200'],
      ['', '400'],
    ]);
  });

  it('tells the handler what the request says', async () => {
    handler = ({ params, query, tenant, consumerId, noCache, rev }, body) =>
      jsonReply(
        JSON.stringify({ params, x: query.get('x'), tenant, consumerId, noCache, rev, body }),
      );
    const response = await fetch(
      `${baseUrl}/v4/p/registry/microservices/a%20b/properties?x=1&rev=r&noCache=true`,
      {
        method: 'PUT',
        headers: { 'X-Domain-Name': 'd', 'X-ConsumerId': 'c' },
        body: 'text',
      },
    );
    expect(await response.json()).toEqual({
      params: { project: 'p', serviceId: 'a b' },
      x: '1',
      tenant: { domain: 'd', project: 'p' },
      consumerId: 'c',
      noCache: true,
      rev: '',
      body: 'text',
    });
  });

  it('does not call the handler for a body that was not sent to its end', async () => {
    let calls = 0;
    handler = () => {
      calls++;
      return emptyReply;
    };
    const accepted = acceptedBy(server);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /v4/default/registry/microservices HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n',
    );
    await once(socket, 'data');
    socket.write('half');
    socket.destroy();
    await closeOf(await accepted);
    expect(calls).toBe(0);
    expect(log).toEqual([]);
  });

  it('drops the connection when an answer cannot be written', async () => {
    handler = () => jsonReply('{}', ['X-Schema-Summary', 'line\nbreak']);
    await expect(fetch(`${baseUrl}/version`)).rejects.toThrow('fetch failed');
    expect(log).toEqual([{ level: 'error', message: 'answer not written' }]);
  });
});

function acceptedBy(server: Server): Promise<Socket> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  server.once('connection', resolve);
  return promise;
}

function closeOf(connection: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (connection.closed) resolve();
  connection.once('close', () => {
    resolve();
  });
  return promise;
}
