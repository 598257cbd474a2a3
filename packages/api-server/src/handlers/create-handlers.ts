import type { Registry } from '@service-center/registry';

import type { ApiServerConfig } from '../api-server-config.ts';
import type { SseGateway } from '../event-stream/sse-gateway.ts';
import { createOpenApiDocument } from '../openapi/index.ts';
import type { Handlers } from '../pipeline/handler.ts';
import { textReply } from '../reply/reply.ts';
import type { ServerVersion } from '../server-version.ts';
import { createAdminHandlers } from './admin-handlers.ts';
import { AnswerReplies } from './answer-replies.ts';
import { createDependencyHandlers } from './dependency-handlers.ts';
import { createDiscoveryHandlers } from './discovery-handlers.ts';
import { createDocumentationHandlers } from './documentation-handlers.ts';
import { createEventStreamHandlers } from './event-stream-handlers.ts';
import { createGovernHandlers } from './govern-handlers.ts';
import { createInstanceHandlers } from './instance-handlers.ts';
import { createRuleHandlers } from './rule-handlers.ts';
import { createSchemaHandlers } from './schema-handlers.ts';
import { createServerHandlers } from './server-handlers.ts';
import { createServiceHandlers } from './service-handlers.ts';
import { createTagHandlers } from './tag-handlers.ts';

// What is no websocket handshake (spec 01 §4.9).
const badRequest = textReply(400, 'Bad Request\n', ['Sec-WebSocket-Version', '13']);

/** The handlers of all routes. */
export function createHandlers(
  registry: Registry,
  version: ServerVersion,
  config: ApiServerConfig,
  sse: SseGateway,
): Handlers {
  const replies = new AnswerReplies();
  return {
    ...createServerHandlers({ health: registry.health, replies, version }),
    ...createServiceHandlers({ services: registry.services, schemas: registry.schemas }),
    ...createTagHandlers(registry.tags),
    ...createRuleHandlers(registry.rules),
    ...createSchemaHandlers(registry.schemas),
    ...createInstanceHandlers(registry.instances),
    ...createDiscoveryHandlers({ discovery: registry.discovery, replies }),
    ...createDependencyHandlers(registry.dependencies),
    ...createGovernHandlers({
      govern: registry.govern,
      shownProperties: Object.keys(registry.config.instance.properties),
    }),
    ...createAdminHandlers({ admin: registry.admin, alarms: registry.alarms, version }),
    ...createDocumentationHandlers(() =>
      createOpenApiDocument({
        version: version.version,
        maxBodyBytes: config.maxBodyBytes,
        quotas: registry.config.quota,
        hasMetrics: config.metricsEnabled,
        hasRules: registry.config.rulesEnabled,
      }),
    ),
    ...createEventStreamHandlers(sse),
    Watch: () => badRequest,
    ListAndWatch: () => badRequest,
    Heartbeat: () => badRequest,
  };
}
