import { describe, expect, it } from 'vitest';

import { WebSocketFrames } from './websocket-frames.ts';

const answer = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');

function textFrame(length: number): Buffer {
  const payload = Buffer.alloc(length, 0x81);
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload]);
  if (length <= 0xffff) {
    return Buffer.concat([Buffer.from([0x81, 126, length >> 8, length & 0xff]), payload]);
  }
  const head = Buffer.alloc(10);
  head.writeUInt16BE(0x817f);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function read(chunks: readonly Buffer[]): readonly string[] {
  const told: string[] = [];
  const frames = new WebSocketFrames({
    onOpen: () => told.push('open'),
    onText: (payload) => told.push(`text of ${payload.length}`),
    reply: (bytes) => told.push(`reply ${bytes.toString('hex')}`),
    onEnd: (why) => told.push(why),
  });
  for (const chunk of chunks) frames.take(chunk);
  return told;
}

describe('the frames of a websocket', () => {
  const ping = Buffer.from([0x89, 0]);
  const stream = Buffer.concat([answer, textFrame(5), ping, textFrame(300), textFrame(0)]);

  it('are found wherever the network cuts them, and a Ping is answered', () => {
    const expected = ['open', 'text of 5', 'reply 8a8000000000', 'text of 300', 'text of 0'];
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(read([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(expected);
    }
    expect(read(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it('may be long', () => {
    const chunks = [answer, textFrame(70_000), textFrame(1)];
    expect(read(chunks)).toEqual(['open', 'text of 70000', 'text of 1']);
  });

  it('end with a Close, and with a refusal', () => {
    expect(read([answer, Buffer.from([0x88, 2, 3, 0xe9])])).toEqual(['open', 'a Close frame']);
    expect(read([Buffer.from('HTTP/1.1 404 Not Found\r\n\r\n')])[0]).toBe('HTTP/1.1 404 Not Found');
  });
});
