import type { StreamFrame } from '@service-center/registry';
import { Encoder, PacketType } from 'socket.io-parser';

import { encodeTextFrame } from '../websocket/text-frame.ts';

/** A message as `engine.io` takes it: ready for both transports, and the same object for all receivers. */
export interface EnginePacket {
  /** What the message is for long polling. */
  readonly text: string;
  readonly options: {
    readonly compress: boolean;
    /** The whole frame for websockets; without it each receiver's copy would be framed anew. */
    readonly wsPreEncodedFrame: readonly Buffer[];
  };
  /** The length of the frame. */
  readonly bytes: number;
}

/** What `engine.io` puts before every message of the protocol above it. */
const messageType = '4';
const placeholder = '0]';

/** Encodes messages of event streams as events of a namespace of socket.io. */
export class EnginePacketEncoder {
  readonly #heads: Readonly<Record<StreamFrame['kind'], string>>;

  /** @param namespace - such as `/v4` */
  constructor(namespace: string) {
    this.#heads = {
      reset: headOf(namespace, 'reset'),
      change: headOf(namespace, 'change'),
      synchronized: headOf(namespace, 'synchronized'),
    };
  }

  /** The packet of a message. */
  encode({ kind, text: json }: StreamFrame): EnginePacket {
    const text = `${this.#heads[kind]}${json}]`;
    const frame = encodeTextFrame(Buffer.from(`${messageType}${text}`));
    return {
      text,
      options: { compress: false, wsPreEncodedFrame: [frame] },
      bytes: frame.length,
    };
  }
}

/** Everything before the argument of an event, taken from the library's own encoding: the argument is JSON already. */
function headOf(nsp: string, event: string): string {
  const packet = { type: PacketType.EVENT, nsp, data: [event, 0] };
  const packets: readonly unknown[] = new Encoder().encode(packet);
  const [encoded] = packets;
  if (typeof encoded !== 'string' || !encoded.endsWith(placeholder)) {
    throw new Error(`socket.io encodes the event ${event} in a way that is not known here`);
  }
  return encoded.slice(0, -placeholder.length);
}
