import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { MetricRegistry, silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RequestMetrics } from '../observability/request-metrics.ts';
import { ReplyWriter } from '../reply/reply-writer.ts';
import { emptyReply } from '../reply/reply.ts';
import { routeTable } from '../routing/route-table.ts';
import { expandRoutes } from '../routing/route.ts';
import { Admission } from './admission.ts';
import { Dispatcher } from './dispatcher.ts';
import { RequestChain } from './request-chain.ts';

describe('Dispatcher', () => {
  let server: Server;
  let baseUrl: string;
  /** How many requests were worked out from scratch. */
  let prepared: number;

  beforeEach(async () => {
    prepared = 0;
    const clock = new ManualClock();
    const chain = new RequestChain({
      handlerOf: () => {
        prepared++;
        return () => emptyReply;
      },
      writer: new ReplyWriter('S'),
      metrics: new RequestMetrics({ metrics: new MetricRegistry(), clock, maxDomains: 10 }),
      clock,
      logger: silentLogger,
      hooks: {},
      maxBodyBytes: 1000,
      slowRequestMs: 1000,
      signal: new AbortController().signal,
    });
    const dispatcher = new Dispatcher({
      admission: new Admission({ serverName: 'S' }),
      chain,
      routes: expandRoutes(routeTable),
      capacity: 10,
    });
    server = createServer((request, response) => {
      if (!dispatcher.handle(request, response)) response.writeHead(404).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    baseUrl = `http://127.0.0.1:${address.port}/v4/default/registry/instances?appId=a`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function findTwice(headers: Record<string, string>): Promise<void> {
    for (let time = 0; time < 2; time++) {
      const response = await fetch(baseUrl, { headers });
      await response.arrayBuffer();
    }
  }

  it('works a read out once, however often it comes', async () => {
    await findTwice({ 'X-ConsumerId': 'c'.repeat(64), 'X-Domain-Name': 'd'.repeat(160) });
    expect(prepared).toBe(1);
  });

  it.each(['X-ConsumerId', 'X-Domain-Name', 'X-Tenant-Name', 'Origin', 'Accept-Encoding'])(
    'keeps no request whose %s would fill the memory',
    async (name) => {
      await findTwice({ [name]: 'x'.repeat(10_000) });
      expect(prepared).toBe(2);
    },
  );
});
