import type { IncomingMessage, ServerResponse } from 'node:http';

import { ServiceCenterError, type Clock, type Logger, type Tenant } from '@service-center/sdcommon';

import type { AccessEntry } from '../observability/access-entry.ts';
import type { RequestMetrics, RequestSeries } from '../observability/request-metrics.ts';
import { failureReply, toServiceCenterError } from '../reply/failure-reply.ts';
import type { ReplyForm, ReplyWriter } from '../reply/reply-writer.ts';
import type { ReplyStream } from '../reply/reply-stream.ts';
import type { Reply } from '../reply/reply.ts';
import { bodyLimits } from '../request/body-limits.ts';
import { readBody, RequestAbortedError } from '../request/body-reader.ts';
import { operatorIp } from '../request/operator-ip.ts';
import { Query } from '../request/query.ts';
import type { RequestContext } from '../request/request-context.ts';
import { resolveTenant } from '../request/tenant-resolution.ts';
import type { RouteMatch } from '../routing/route-matcher.ts';
import type { ApiName } from '../routing/route-table.ts';
import type { Route, RouteBody } from '../routing/route.ts';
import type { AdmittedRequest } from './admission.ts';
import type { Handler } from './handler.ts';

/** Who wants to hear of answers. */
export interface AnswerHooks {
  /** Called after each answer of a route that the access log shows. */
  readonly onAccess?: ((entry: AccessEntry) => void) | undefined;
  /** Called with the body of each answer with a status of 500 or more: the alarm `InternalError` (spec 01 §9). */
  readonly onInternalError?: ((envelope: string) => void) | undefined;
}

/** What a {@link RequestChain} works with. */
export interface RequestChainOptions {
  readonly handlerOf: (api: ApiName) => Handler;
  readonly writer: ReplyWriter;
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hooks: AnswerHooks;
  /** The general limit of request bodies, bytes. */
  readonly maxBodyBytes: number;
  /** Requests that take longer are logged, milliseconds. */
  readonly slowRequestMs: number;
  /** Aborted when the server is shut down. */
  readonly signal: AbortSignal;
}

/** A request of which everything is known that can be known without its body. */
export interface PreparedRequest {
  readonly route: Route<ApiName>;
  readonly handler: Handler;
  /** The error that answers it, when it names no valid tenant. */
  readonly context: RequestContext | ServiceCenterError;
  readonly series: RequestSeries;
  readonly form: ReplyForm;
}

/** One request on its way to its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly prepared: PreparedRequest;
  readonly startMs: number;
}

const unroutedForm: ReplyForm = { allowOrigin: false, acceptsGzip: false };
const noQuery = new Query('');
const noTenantLabel = '';

/** The handler chain behind the router (spec 01 §1.1): tenant, body limit, route function, errors, metrics, logs. */
export class RequestChain {
  readonly #options: RequestChainOptions;
  readonly #bodyLimits: Readonly<Record<RouteBody, number>>;
  #isDraining = false;

  constructor(options: RequestChainOptions) {
    this.#options = options;
    this.#bodyLimits = bodyLimits(options.maxBodyBytes);
  }

  /** From now on each answer ends its connection, so that a server that is stopping need not wait for clients. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Works out what a request means. The result serves every request that is equal in target, method and headers. */
  prepare(match: RouteMatch<ApiName>, admitted: AdmittedRequest): PreparedRequest {
    const { route } = match;
    const context = this.#contextOf(match, admitted);
    const domain =
      ServiceCenterError.is(context) || route.form === 'plain'
        ? noTenantLabel
        : context.tenant.domain;
    return {
      route,
      handler: this.#options.handlerOf(route.api),
      context,
      series: this.#options.metrics.series(route, domain),
      form: admitted.form,
    };
  }

  /** Answers a request. */
  run(prepared: PreparedRequest, request: IncomingMessage, response: ServerResponse): void {
    const exchange = {
      request,
      response,
      prepared,
      startMs: this.#options.clock.monotonicMs(),
    };
    const { context, route, handler } = prepared;
    if (ServiceCenterError.is(context)) {
      this.#fail(exchange, context);
      return;
    }
    if (route.body !== 'none') {
      this.#follow(exchange, this.#handleWithBody(exchange, context));
      return;
    }
    let outcome: Promise<Reply> | Reply;
    try {
      outcome = handler(context, '');
    } catch (error) {
      this.#fail(exchange, error);
      return;
    }
    if (outcome instanceof Promise) this.#follow(exchange, outcome);
    else this.#answer(exchange, outcome);
  }

  /** Answers a request that failed where no route function was at work. */
  failUnrouted(failure: unknown, request: IncomingMessage, response: ServerResponse): void {
    const error = toServiceCenterError(failure);
    const { hooks, logger, writer } = this.#options;
    logger.error({ err: error, method: request.method, uri: request.url }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const reply = failureReply(error);
    writer.write(response, reply, unroutedForm)?.catch(() => response.destroy());
    hooks.onInternalError?.(reply.body.toString());
  }

  async #handleWithBody(exchange: Exchange, context: RequestContext): Promise<Reply> {
    const { route, handler } = exchange.prepared;
    const body = await readBody(exchange.request, this.#bodyLimits[route.body]);
    return handler(context, body);
  }

  #follow(exchange: Exchange, outcome: Promise<Reply>): void {
    outcome.then(
      (reply) => this.#answer(exchange, reply),
      (error: unknown) => {
        if (error instanceof RequestAbortedError) exchange.response.destroy();
        else this.#fail(exchange, error);
      },
    );
  }

  #fail(exchange: Exchange, failure: unknown): void {
    const error = toServiceCenterError(failure);
    if (error.isInternal) {
      const { method, url } = exchange.request;
      this.#options.logger.error({ err: error, method, uri: url }, 'request failed');
    }
    this.#answer(exchange, failureReply(error));
  }

  #answer(exchange: Exchange, reply: Reply): void {
    if (reply.stream !== undefined) {
      this.#beginStream(exchange, reply, reply.stream);
      return;
    }
    const { request, response, prepared } = exchange;
    // A body that was given up in the middle cannot be followed by another request.
    const isGivenUp = prepared.route.body !== 'none' && request.isPaused();
    if (isGivenUp || this.#isDraining) response.shouldKeepAlive = false;
    try {
      this.#options.writer
        .write(response, reply, prepared.form)
        ?.catch((error: unknown) => this.#giveUp(exchange, error));
    } catch (error) {
      this.#giveUp(exchange, error);
    }
    this.#record(exchange, reply);
  }

  /** A stream counts as answered when it begins; how long it goes on says nothing about the server. */
  #beginStream(exchange: Exchange, reply: Reply, stream: ReplyStream): void {
    const { request, response, prepared } = exchange;
    let start: () => void;
    try {
      start = stream.open(request, response);
    } catch (error) {
      this.#fail(exchange, error);
      return;
    }
    response.shouldKeepAlive = false;
    try {
      this.#options.writer.writeStreamHead(response, reply, prepared.form);
      start();
    } catch (error) {
      this.#giveUp(exchange, error);
    }
    this.#record(exchange, reply);
  }

  // An answer that cannot be written, such as one with a header that a foreign store has filled with line breaks.
  #giveUp(exchange: Exchange, error: unknown): void {
    this.#options.logger.error({ err: error, uri: exchange.request.url }, 'answer not written');
    exchange.response.destroy();
  }

  #record(exchange: Exchange, reply: Reply): void {
    const { clock, hooks, slowRequestMs } = this.#options;
    const { prepared } = exchange;
    const delayMs = clock.monotonicMs() - exchange.startMs;
    prepared.series.record(reply.status, delayMs * 1000);
    if (delayMs > slowRequestMs) this.#logSlow(exchange, delayMs);
    if (reply.status >= 500) hooks.onInternalError?.(reply.body.toString());
    if (hooks.onAccess !== undefined && prepared.route.isLogged) {
      hooks.onAccess(this.#accessEntry(exchange, reply, delayMs));
    }
  }

  #logSlow(exchange: Exchange, delayMs: number): void {
    const { method = '', url = '' } = exchange.request;
    const duration = `${Math.round(delayMs)}ms`;
    this.#options.logger.warn({ delayMs: Math.round(delayMs) }, `[${duration}]${method} ${url}`);
  }

  #accessEntry(exchange: Exchange, reply: Reply, delayMs: number): AccessEntry {
    const { request } = exchange;
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    return {
      remoteIp: operatorIp(request),
      receivedMs: this.#options.clock.wallMs() - delayMs,
      method: request.method ?? '',
      uri: request.url ?? '',
      protocol: `HTTP/${request.httpVersion}`,
      status: reply.status,
      requestBytes: isChunked ? -1 : Number(request.headers['content-length'] ?? 0),
      delayMs,
    };
  }

  #contextOf(
    match: RouteMatch<ApiName>,
    admitted: AdmittedRequest,
  ): RequestContext | ServiceCenterError {
    const { route, params } = match;
    const { headers } = admitted;
    const { rawQuery } = admitted.target;
    const query = rawQuery === '' ? noQuery : new Query(rawQuery);
    let tenant: Tenant;
    let targetTenant: Tenant;
    try {
      tenant = resolveTenant(route.form, headers, params['project']);
      targetTenant =
        headers.tenantName === '' || headers.domainName === ''
          ? tenant
          : resolveTenant(route.form, { ...headers, tenantName: '' }, params['project']);
    } catch (error) {
      return toServiceCenterError(error);
    }
    const noCache = query.isTrue('noCache');
    return {
      route,
      params,
      query,
      tenant,
      targetTenant,
      consumerId: headers.consumerId,
      noCache,
      rev: noCache || query.isTrue('cacheOnly') ? '' : query.get('rev'),
      signal: this.#options.signal,
    };
  }
}
