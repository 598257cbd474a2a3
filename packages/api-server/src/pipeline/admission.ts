import type { IncomingMessage, ServerResponse } from 'node:http';

import { acceptsGzip } from '../reply/content-coding.ts';
import { writePlainly, type ReplyForm } from '../reply/reply-writer.ts';
import { readRequestHeaders, type RequestHeaders } from '../request/request-headers.ts';
import {
  cleanPath,
  encodePath,
  isCleanPath,
  parseRequestTarget,
  type RequestTarget,
} from '../request/request-target.ts';
import { isRefusedUri } from '../request/uri-check.ts';
import { isOriginAllowed, preflightHeaders } from './cors.ts';

/** A request that has passed everything in front of the router. */
export interface AdmittedRequest {
  readonly headers: RequestHeaders;
  readonly target: RequestTarget;
  readonly form: ReplyForm;
}

/** What an {@link Admission} works with. */
export interface AdmissionOptions {
  /** The value of the `Server` header. */
  readonly serverName: string;
  /** Answers `/metrics`; without it the path is unknown. */
  readonly serveMetrics?:
    | ((request: IncomingMessage, response: ServerResponse) => void)
    | undefined;
}

// Shared, so that a request needs no object of its own for them.
const forms: readonly ReplyForm[] = [
  { allowOrigin: false, acceptsGzip: false },
  { allowOrigin: true, acceptsGzip: false },
  { allowOrigin: false, acceptsGzip: true },
  { allowOrigin: true, acceptsGzip: true },
];
const plainForm: ReplyForm = { allowOrigin: false, acceptsGzip: false };

const vary = ['Vary', 'Accept-Encoding'] as const;
const plainText = ['Content-Type', 'text/plain; charset=utf-8'] as const;

/**
 * The mux and the interceptors (spec 01 §1.1 to §1.3): everything that can answer a request before its route is looked
 * up.
 */
export class Admission {
  readonly #serverName: string;
  readonly #serveMetrics: AdmissionOptions['serveMetrics'];
  readonly #admitted = new WeakMap<IncomingMessage, AdmittedRequest>();

  constructor(options: AdmissionOptions) {
    this.#serverName = options.serverName;
    this.#serveMetrics = options.serveMetrics;
  }

  /**
   * Lets a request in, or answers it.
   *
   * @returns undefined when the request has been answered
   */
  admit(request: IncomingMessage, response: ServerResponse): AdmittedRequest | undefined {
    return this.#admitted.get(request) ?? this.#decide(request, response);
  }

  /** Keeps what was decided of a request for whoever asks again on its way to the handler. */
  remember(request: IncomingMessage, admitted: AdmittedRequest): void {
    this.#admitted.set(request, admitted);
  }

  /** The form of the answer to a request with these headers. */
  formOf(method: string, headers: RequestHeaders): ReplyForm {
    const index =
      (isOriginAllowed(method, headers.origin) ? 1 : 0) +
      (acceptsGzip(headers.acceptEncoding) ? 2 : 0);
    return forms[index] ?? plainForm;
  }

  #decide(request: IncomingMessage, response: ServerResponse): AdmittedRequest | undefined {
    const { url = '', method = '' } = request;
    const target = parseRequestTarget(url);
    if (target === undefined || !isPathOrUri(url)) {
      writePlainly(response, 400, [...plainText, 'Connection', 'close'], '400 Bad Request');
      return undefined;
    }
    if (!isCleanPath(target.path)) {
      redirect(response, method, target);
      return undefined;
    }
    if (target.path === '/metrics' && this.#serveMetrics !== undefined) {
      this.#serveMetrics(request, response);
      return undefined;
    }
    if (isRefusedUri(url)) {
      const headers = ['Server', this.#serverName, ...vary, ...plainText];
      writePlainly(response, 400, headers, `Invalid Request URI ${url}`);
      return undefined;
    }
    if (method === 'OPTIONS') {
      this.#answerPreflight(request, response);
      return undefined;
    }
    const headers = readRequestHeaders(request.rawHeaders);
    return { headers, target, form: this.formOf(method, headers) };
  }

  #answerPreflight(request: IncomingMessage, response: ServerResponse): void {
    const preflight = preflightHeaders(request);
    const headers = [
      'Server',
      this.#serverName,
      'Vary',
      `Accept-Encoding, ${preflight.vary}`,
      ...preflight.allow,
    ];
    writePlainly(response, 200, headers, '');
  }
}

// `OPTIONS *` names the server as a whole; nothing here does.
function isPathOrUri(url: string): boolean {
  return url !== '*';
}

function redirect(response: ServerResponse, method: string, target: RequestTarget): void {
  const query = target.rawQuery === '' ? '' : `?${target.rawQuery}`;
  const location = `${encodePath(cleanPath(target.path))}${query}`;
  const headers = [...vary, 'Location', location];
  if (method !== 'GET' && method !== 'HEAD') {
    writePlainly(response, 301, headers, '');
    return;
  }
  headers.push('Content-Type', 'text/html; charset=utf-8');
  writePlainly(
    response,
    301,
    headers,
    `<a href="${escapeHtml(location)}">Moved Permanently</a>.\n\n`,
  );
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlEscapes[character] ?? character);
}
