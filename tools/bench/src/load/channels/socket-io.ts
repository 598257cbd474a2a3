import type { EventTopic } from '@service-center/sdcommon';

import type { Channel } from './channel.ts';
import { clientText, handshake, WebSocketFrames } from './websocket-frames.ts';

// What engine.io and socket.io put before their messages on the wire.
const opened = '0';
const ping = '2';
const pong = clientText('3');
const joinNamespace = clientText('40/v4,');
const joined = '40/v4,';
const event = '42/v4,';
const change = `${event}["change"`;
const synchronized = `${event}["synchronized"`;

/** A client of the event stream over socket.io, on its websocket transport. */
export const socketIo: Channel = {
  name: 'socket.io',
  connect(host, serviceId, listener) {
    const topic = { kind: 'consumer', serviceId } satisfies EventTopic;
    const subscribe = clientText(`${event}${JSON.stringify(['subscribe', { topics: [topic] }])}`);
    const frames = new WebSocketFrames({
      onOpen: () => undefined,
      onText: (payload) => {
        const start = payload.toString('latin1', 0, synchronized.length);
        if (start.startsWith(change)) listener.onChange();
        else if (start.startsWith(synchronized)) listener.onReady();
        else if (start.startsWith(opened)) listener.reply(joinNamespace);
        else if (start.startsWith(joined)) listener.reply(subscribe);
        else if (start === ping) listener.reply(pong);
        else if (!start.startsWith(event)) listener.onEnd(payload.toString());
      },
      reply: (bytes) => {
        listener.reply(bytes);
      },
      onEnd: (why) => {
        listener.onEnd(why);
      },
    });
    return {
      greeting: handshake(host, '/socket.io/?EIO=4&transport=websocket'),
      take: (arrived) => {
        frames.take(arrived);
      },
    };
  },
};
