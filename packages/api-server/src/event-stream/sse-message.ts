import type { StreamFrame } from '@service-center/registry';
import type { StreamLeaveReason } from '@service-center/sdcommon';

const lineEnds = /\r\n|\r|\n/g;

/** What a stream begins with: a client that loses it comes back after a second. */
export const sseOpening = 'retry: 1000\n\n';

/** A line that clients skip. It shows both sides, and everybody between them, that the connection is in use. */
export const sseKeepAlive = ':\n\n';

/**
 * Encodes a message of an event stream as a server-sent event. The `id` is the position; that of a reset is empty, so
 * that a browser forgets the position it has.
 */
export function encodeSseMessage({ kind, position, text }: StreamFrame): Buffer {
  const id = kind === 'reset' ? 'id:\n' : position === undefined ? '' : `id: ${position}\n`;
  return Buffer.from(`event: ${kind}\n${id}data: ${dataLines(text)}\n\n`);
}

/** Encodes the last message of a stream. */
export function encodeSseLeave(reason: StreamLeaveReason): string {
  return `event: leave\ndata: {"reason":"${reason}"}\n\n`;
}

// What another server has stored may have line ends between its members; each line is a data line of its own.
function dataLines(text: string): string {
  return text.replace(lineEnds, '\ndata: ');
}
