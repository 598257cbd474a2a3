import type { SseGateway } from '../event-stream/sse-gateway.ts';
import { readTopicQuery } from '../event-stream/topic-query.ts';
import type { Handlers } from '../pipeline/handler.ts';
import { eventStreamReply } from '../reply/reply.ts';

/** Event streams over plain HTTP. */
export function createEventStreamHandlers(
  sse: Pick<SseGateway, 'open'>,
): Pick<Handlers, 'StreamEvents'> {
  return {
    StreamEvents: ({ tenant, query }) => {
      const topics = readTopicQuery(query);
      const position = query.get('position');
      const wanted = { tenant, topics, ...(position !== '' && { position }) };
      return eventStreamReply({ open: (request, response) => sse.open(wanted, request, response) });
    },
  };
}
