import type { Reply } from '../reply/reply.ts';
import type { RequestContext } from '../request/request-context.ts';
import type { ApiName } from '../routing/route-table.ts';

/**
 * Answers one kind of request; knows nothing of sockets and frameworks. It answers at once where it can: a promise
 * costs a hot route a fifth of its speed. What it throws becomes the error envelope.
 *
 * @param body - the request body as text; `''` on routes that read none
 */
export type Handler = (context: RequestContext, body: string) => Promise<Reply> | Reply;

/** A handler for every row of the route table. */
export type Handlers = Readonly<Record<ApiName, Handler>>;
