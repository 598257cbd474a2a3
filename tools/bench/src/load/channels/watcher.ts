import type { Channel } from './channel.ts';
import { handshake, WebSocketFrames } from './websocket-frames.ts';

/** The websocket of a consumer (spec 04 §5). */
export const watcher: Channel = {
  name: 'websocket',
  connect(host, consumerId, listener) {
    const frames = new WebSocketFrames({
      onOpen: () => {
        listener.onReady();
      },
      onText: () => {
        listener.onChange();
      },
      reply: (bytes) => {
        listener.reply(bytes);
      },
      onEnd: (why) => {
        listener.onEnd(why);
      },
    });
    return {
      greeting: handshake(host, `/v4/default/registry/microservices/${consumerId}/watcher`),
      take: (arrived) => {
        frames.take(arrived);
      },
    };
  },
};
