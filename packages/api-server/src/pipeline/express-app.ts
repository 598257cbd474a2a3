import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from 'express';

import type { ReplyWriter } from '../reply/reply-writer.ts';
import { textReply, type Reply } from '../reply/reply.ts';
import { encodeSegments } from '../request/request-target.ts';
import type { ApiName } from '../routing/route-table.ts';
import { groupByPattern, type Route } from '../routing/route.ts';
import type { Admission } from './admission.ts';
import type { RequestChain } from './request-chain.ts';

/** What the Express application is made of. */
export interface ExpressAppOptions {
  readonly admission: Admission;
  readonly chain: RequestChain;
  readonly writer: ReplyWriter;
  readonly routes: readonly Route<ApiName>[];
}

const notFound = textReply(404, '404 page not found\n');

/**
 * The Express application that serves every route. Express differs from the protocol in letter case, slashes at the
 * end, `%2F`, HEAD and wrong methods (spec 00, decision 26); each is set right here.
 */
export function createExpressApp(options: ExpressAppOptions): Express {
  const { admission, chain, writer, routes } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.use((request, response, next) => {
    const admitted = admission.admit(request, response);
    if (admitted === undefined) return;
    admission.remember(request, admitted);
    // Express splits before it decodes. With every segment encoded anew, a decoded slash splits like any other.
    const { path, rawQuery } = admitted.target;
    request.url = `${encodeSegments(path)}${rawQuery === '' ? '' : `?${rawQuery}`}`;
    next();
  });

  const answerWith =
    (reply: Reply): RequestHandler =>
    (request, response) => {
      const admitted = admission.admit(request, response);
      if (admitted === undefined) return;
      const writing = writer.write(response, reply, admitted.form);
      writing?.catch(() => response.destroy());
    };

  for (const [pattern, routesOfPattern] of groupByPattern(routes)) {
    const allow = routesOfPattern.map((route) => route.method).join(', ');
    const notAllowed = answerWith(textReply(405, 'Method Not Allowed\n', ['Allow', allow]));
    // Express gives a HEAD to the GET handler unless one of its own comes first.
    const expressRoute = app.route(pattern).head(notAllowed);
    for (const route of routesOfPattern) addRoute(expressRoute, route, serveRoute(route));
    expressRoute.all(notAllowed);
  }
  app.use(answerWith(notFound));
  // Express itself would answer with the stack. It needs the fourth parameter to see what this is.
  const onError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    chain.failUnrouted(error, request, response);
  };
  app.use(onError);
  return app;

  function serveRoute(route: Route<ApiName>): RequestHandler {
    return (request, response) => {
      const admitted = admission.admit(request, response);
      if (admitted === undefined) return;
      chain.run(chain.prepare({ route, params: readParams(request) }, admitted), request, response);
    };
  }
}

function addRoute(
  expressRoute: ReturnType<Express['route']>,
  route: Route<ApiName>,
  handler: RequestHandler,
): void {
  switch (route.method) {
    case 'GET':
      expressRoute.get(handler);
      return;
    case 'PUT':
      expressRoute.put(handler);
      return;
    case 'POST':
      expressRoute.post(handler);
      return;
    case 'DELETE':
      expressRoute.delete(handler);
  }
}

function readParams(request: Request): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.params)) {
    params[name] = typeof value === 'string' ? value : value.join('/');
  }
  return params;
}
