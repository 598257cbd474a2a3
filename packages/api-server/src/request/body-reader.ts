import type { IncomingMessage } from 'node:http';

import { ServiceCenterError } from '@service-center/sdcommon';

/**
 * How much of a body beyond its limit is read and thrown away before the connection is given up. A client that sends
 * on while the answer comes would see a reset connection instead of the error.
 */
const maxDiscardedBytes = 4 * 1024 * 1024;

/** The client went away before its request was complete; there is nobody to answer. */
export class RequestAbortedError extends Error {
  constructor(options?: ErrorOptions) {
    super('the client closed the connection within its request', options);
    this.name = 'RequestAbortedError';
  }
}

/**
 * Reads a request body as text, never keeping more than the limit in memory, whatever length the client announces.
 *
 * @param limit - the most bytes that are accepted
 * @throws ServiceCenterError `invalidParameters` when the body is longer (spec 01 §8)
 * @throws RequestAbortedError
 */
export function readBody(request: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const refuse = (): void => {
      stop();
      reject(new ServiceCenterError('invalidParameters', 'http: request body too large'));
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      if (length > limit + maxDiscardedBytes) {
        request.pause();
        refuse();
      }
    };
    const onEnd = (): void => {
      if (length > limit) {
        refuse();
        return;
      }
      stop();
      const [only] = chunks;
      resolve(
        (chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)).toString(),
      );
    };
    const onGone = (cause?: Error): void => {
      stop();
      reject(new RequestAbortedError(cause === undefined ? undefined : { cause }));
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}
