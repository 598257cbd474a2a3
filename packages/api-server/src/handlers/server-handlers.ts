import type { Health } from '@service-center/registry';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply, type Reply } from '../reply/reply.ts';
import { encodeServerVersion, type ServerVersion } from '../server-version.ts';
import type { AnswerReplies } from './answer-replies.ts';

/** What the handlers of the server itself work with. */
export interface ServerHandlerOptions {
  readonly health: Health;
  readonly replies: AnswerReplies;
  readonly version: ServerVersion;
}

/** What the server is, its version and its health (spec 01 §4.1). */
export function createServerHandlers(
  options: ServerHandlerOptions,
): Pick<Handlers, 'ClusterHealth' | 'Describe' | 'GetVersion' | 'Readiness'> {
  const { health, replies, version } = options;
  const describe = sharedJson(
    JSON.stringify({
      name: 'Service-Center',
      description: 'A service registry, wire compatible with Apache ServiceComb Service-Center',
      version: version.version,
      links: {
        version: '/v4/default/registry/version',
        health: '/v4/default/registry/health',
        services: '/v4/default/registry/microservices',
        metrics: '/metrics',
        openapi: '/openapi.json',
        documentation: '/docs',
      },
    }),
  );
  const versionV4 = sharedJson(encodeServerVersion(version, '4.0.0'));
  const versionV3 = sharedJson(encodeServerVersion(version, '3.0.0'));
  return {
    Describe: () => describe,
    GetVersion: ({ route }) => (route.form === 'v4' ? versionV4 : versionV3),
    ClusterHealth: () => replies.withoutRevision(health.instances()),
    Readiness: () => {
      health.assertHealthy();
      return emptyReply;
    },
  };
}

function sharedJson(body: string): Reply {
  return { ...jsonReply(body), isShared: true };
}
