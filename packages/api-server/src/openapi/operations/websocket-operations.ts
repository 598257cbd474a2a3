import type { OperationSpec } from '../operation.ts';

const noHandshake = 'What is no handshake is answered 400.';
const isOpen = { status: 101, description: 'The websocket is open.' } as const;

/** What is served over websockets, besides the plain watch (spec 01 §4.9, spec 04 §5). */
export const webSocketOperations = {
  ListAndWatch: {
    tag: 'Discovery',
    summary: 'List the instances of the providers of a consumer, then watch them',
    description: `A websocket, over which an \`INIT\` comes for every instance that is there, and every change after them. ${noHandshake}`,
    answer: isOpen,
  },
  Heartbeat: {
    tag: 'Instances',
    summary: 'Keep an instance alive over a websocket',
    description: `A websocket, over which the server sends Pings; each Pong is a heartbeat. It is closed with code 4001 when the instance is not there. ${noHandshake}`,
    answer: isOpen,
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;
