import { gunzipSync } from 'node:zlib';

import { defaultRegistryConfig } from '@service-center/registry';

import { defaultApiServerConfig } from '../src/index.ts';
import { createOpenApiDocument } from '../src/openapi/index.ts';
import { OpenApiChecker, type ObservedAnswer } from '../src/testing/index.ts';

const checker = new OpenApiChecker(
  createOpenApiDocument({
    version: 'test',
    maxBodyBytes: defaultApiServerConfig.maxBodyBytes,
    quotas: defaultRegistryConfig.quota,
    hasMetrics: true,
    hasRules: true,
  }),
);

/** Every answer that a test receives has to be as the document of the API says. @throws Error when it is not */
export function assertDocumented(answer: ObservedAnswer): void {
  const violations = checker.check(answer);
  if (violations.length > 0) throw new Error(`not as documented:\n${violations.join('\n')}`);
}

/** The text of a body that came over the wire. @param bytes - one character a byte */
export function bodyText(headers: ReadonlyMap<string, string>, bytes: string): string {
  const body = Buffer.from(bytes, 'latin1');
  return (headers.get('content-encoding') === 'gzip' ? gunzipSync(body) : body).toString();
}
