import { bodyLimits } from '../request/body-limits.ts';
import type { Route } from '../routing/route.ts';
import { servedRoutes } from '../routing/served-routes.ts';
import type { OpenApiDocument, Operation } from './document-types.ts';
import { tags, type OperationSpec } from './operation.ts';
import {
  createOperations,
  governSchemas,
  pushSchemas,
  metricsOperation,
  type Operations,
} from './operations/index.ts';
import { parametersOf, pathTemplate } from './parameters.ts';
import { responsesOf, unroutedAnswers } from './responses.ts';
import { answerSchemas } from './schemas/answer-schemas.ts';
import { requestSchemas } from './schemas/request-schemas.ts';

/** What differs between the documents of two servers. */
export interface DocumentOptions {
  /** The product's version. */
  readonly version: string;
  /** The general limit of request bodies, bytes. */
  readonly maxBodyBytes: number;
  readonly quotas: {
    /** Schemas of a service. */
    readonly schema: number;
    /** Tags of a service. */
    readonly tag: number;
  };
  /** Whether the server answers `/metrics`. */
  readonly hasMetrics: boolean;
  /** Whether services have black and white lists. */
  readonly hasRules: boolean;
}

const description = `The API of a service registry, wire compatible with Apache ServiceComb Service-Center.

- **Tenants.** Everything belongs to a domain and a project. In the v4 form (\`/v4/{project}/...\`) the path names the project and \`X-Domain-Name\` the domain; in the v3 form (\`/registry/v3/...\`) the project is \`default\`.
- **Empty members are left out** of every answer: a list without elements is an absent member, an answer without anything is \`{}\`.
- **Request bodies** are JSON, whatever \`Content-Type\` says. Members match in any letter case, unknown ones are ignored, \`null\` counts as absent.
- **Errors** have one form. The first three digits of \`errorCode\` are the HTTP status.
- **Wrong paths and methods** are answered in plain text: 404 \`404 page not found\`, 405 \`Method Not Allowed\`; HEAD is a wrong method. A target of 2048 characters or more, with \`//\` in it, or with one of \`; & ? + @\` at its end is refused with 400 and a plain text. \`OPTIONS\` is answered 200 everywhere.`;

/**
 * Makes the OpenAPI document of the API from the tables that serve it: paths, methods and body limits from the route
 * table, what parameters and bodies have to satisfy from the checks of the registry, errors from the error table.
 *
 * @throws Error when a route, a path parameter or a check is missing in one of the tables
 */
export function createOpenApiDocument(options: DocumentOptions): OpenApiDocument {
  const { version, quotas } = options;
  return {
    openapi: '3.1.1',
    info: {
      title: 'Service-Center',
      version,
      description,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths: pathsOf(options),
    components: {
      schemas: {
        ...answerSchemas,
        ...governSchemas,
        ...pushSchemas,
        ...requestSchemas(quotas.schema),
      },
    },
    'x-unrouted-answers': unroutedAnswers,
  };
}

function pathsOf(options: DocumentOptions): OpenApiDocument['paths'] {
  const operations: Operations = createOperations(options.quotas);
  const limits = bodyLimits(options.maxBodyBytes);
  const ids = new OperationIds();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of servedRoutes(options)) {
    const spec = operations[route.api];
    const path = (paths[pathTemplate(route.pattern)] ??= {});
    path[route.method.toLowerCase()] = operationOf(spec, route, ids.of(route), limits[route.body]);
  }
  if (options.hasMetrics) {
    const route = { pattern: '/metrics', form: 'plain' } as const;
    paths['/metrics'] = { get: operationOf(metricsOperation, route, 'GetMetrics', 0) };
  }
  return paths;
}

function operationOf(
  spec: OperationSpec,
  route: Pick<Route, 'form' | 'pattern'>,
  operationId: string,
  bodyLimit: number,
): Operation {
  const parameters = parametersOf(spec, route.pattern, route.form);
  return {
    operationId,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    ...(parameters.length > 0 && { parameters }),
    ...(spec.body !== undefined && {
      requestBody: {
        required: true,
        description: `At most ${bodyLimit} bytes.`,
        content: { 'application/json': { schema: spec.body } },
      },
    }),
    responses: responsesOf(spec),
  };
}

/** Names operations after their handlers: as they are in the v4 form, with `V3` in the v3 form, numbered beyond. */
class OperationIds {
  readonly #taken = new Set<string>();

  of({ api, form }: Route): string {
    const base = form === 'v3' || (form === 'plain' && this.#taken.has(api)) ? `${api}V3` : api;
    let id = base;
    for (let number = 2; this.#taken.has(id); number++) id = `${base}${number}`;
    this.#taken.add(id);
    return id;
  }
}
