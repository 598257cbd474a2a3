import { describe, expect, it } from 'vitest';

import { socketIo } from './socket-io.ts';
import { clientText } from './websocket-frames.ts';

const answer = Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n');

/** A server's text, which is not masked. */
function serverText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

describe('a client of socket.io', () => {
  it('joins the namespace, subscribes, answers pings and counts changes', () => {
    const told: (string | Buffer)[] = [];
    const connection = socketIo.connect('host', 'c1', {
      onReady: () => told.push('ready'),
      onChange: () => told.push('change'),
      reply: (bytes) => told.push(bytes),
      onEnd: (why) => told.push(why),
    });
    const texts = [
      '0{"sid":"a"}',
      '40/v4,{"sid":"b"}',
      '42/v4,["reset",{"reason":"new"}]',
      '42/v4,["synchronized",{"position":"p"}]',
      '2',
      '42/v4,["change",{}]',
      '44/v4,{"message":"no"}',
    ];
    for (const bytes of [answer, ...texts.map(serverText)]) connection.take(bytes);

    expect(told).toEqual([
      clientText('40/v4,'),
      clientText('42/v4,["subscribe",{"topics":[{"kind":"consumer","serviceId":"c1"}]}]'),
      'ready',
      clientText('3'),
      'change',
      '44/v4,{"message":"no"}',
    ]);
  });
});
