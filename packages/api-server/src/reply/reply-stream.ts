import type { IncomingMessage, ServerResponse } from 'node:http';

/** The body of a reply that goes on until one of the two sides hangs up. */
export interface ReplyStream {
  /**
   * Makes everything ready before the head of the reply is written.
   *
   * @returns what begins to write once the head is written
   * @throws ServiceCenterError answered instead of the reply
   */
  open(request: IncomingMessage, response: ServerResponse): () => void;
}
