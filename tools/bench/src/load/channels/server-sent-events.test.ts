import { describe, expect, it } from 'vitest';

import { serverSentEvents } from './server-sent-events.ts';

const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const snapshot = 'retry: 1000\nevent: reset\ndata: {}\n\nevent: change\ndata: {}\n\n';
const tail =
  'event: synchronized\ndata: {}\n\nevent: change\ndata: {}\n\nevent: change\ndata: {}\n\n';

function read(chunks: readonly string[]): readonly string[] {
  const told: string[] = [];
  const connection = serverSentEvents.connect('host', 'consumer', {
    onReady: () => told.push('ready'),
    onChange: () => told.push('change'),
    reply: () => told.push('reply'),
    onEnd: (why) => told.push(why),
  });
  for (const chunk of chunks) connection.take(Buffer.from(chunk));
  return told;
}

describe('server-sent events', () => {
  it('are ready after the snapshot, and changes are counted from then on, wherever they are cut', () => {
    const text = `${head}${snapshot}${tail}`;
    for (let cut = 0; cut <= text.length; cut++) {
      const chunks = [text.slice(0, cut), text.slice(cut)];
      expect(read(chunks)).toEqual(['ready', 'change', 'change']);
    }
  });

  it('end with a refusal', () => {
    expect(read(['HTTP/1.1 400 Bad Request\r\n\r\n'])[0]).toMatch(/400 Bad Request/);
  });
});
