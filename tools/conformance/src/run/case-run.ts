import { setTimeout as pause } from 'node:timers/promises';

import type { ConformanceCase, HttpStep, OpenStep, RequestBody, Step } from '../case/case.ts';
import type { Form } from '../case/routes.ts';
import type { Difference } from '../case/difference.ts';
import { judge } from '../case/judgement.ts';
import { parseJson, valueAt } from '../case/json.ts';
import { pathIn } from '../case/paths.ts';
import { resolveJson, resolveTemplate } from '../case/template.ts';
import {
  ExchangeError,
  type Exchanger,
  type WireRequest,
  type WireResponse,
} from '../exchange/exchange.ts';
import { EventClient } from '../exchange/event-client.ts';
import { WatchClient } from '../exchange/watch-client.ts';
import type { ExchangeRecord, Outcome } from './outcome.ts';
import { requestText, responseText } from './exchange-text.ts';
import { watchFrameDifferences } from './watch-frame.ts';

/** The server and the settings of a run. */
export interface CaseRunOptions {
  readonly exchanger: Exchanger;
  readonly baseUrl: string;
  /** How long a frame of a watch, its opening or its end may take. */
  readonly watchDeadlineMs: number;
  /** How long a read may lag behind the writes before it; 0 for a server whose answers are never old. */
  readonly settleMs: number;
}

const pollMs = 20;

/** Runs one case in one form. Its data lies in a domain of its own, so cases disturb nobody. */
export async function runCase(
  { exchanger, baseUrl, watchDeadlineMs, settleMs }: CaseRunOptions,
  conformanceCase: ConformanceCase,
  form: Form,
  domain: string,
): Promise<Outcome> {
  const captured = new Map<string, string>([['domain', domain]]);
  const resolve = (text: string): string => resolveTemplate(text, captured);
  const watches = new Map<string, EventClient | WatchClient>();
  const exchanges: ExchangeRecord[] = [];

  const runHttp = async (step: HttpStep): Promise<Difference[]> => {
    const request = wireRequest(step, form, domain, captured);
    const patienceMs = Math.max(step.withinMs ?? 0, step.request.method === 'GET' ? settleMs : 0);
    const endMs = performance.now() + patienceMs;
    let response: WireResponse;
    let differences: Difference[];
    for (;;) {
      try {
        response = await exchanger.exchange(request);
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        exchanges.push({ request: requestText(request), response: `no answer: ${error.message}` });
        return [{ at: 'answer', expected: 'an answer', got: error.message }];
      }
      differences = judge(step.expect, response, resolve, request.method);
      if (differences.length === 0 || performance.now() >= endMs) break;
      await pause(pollMs);
    }
    exchanges.push({ request: requestText(request), response: responseText(response) });
    return [...differences, ...capture(step, response, captured)];
  };

  const runOpen = async (step: OpenStep): Promise<Difference[]> => {
    const isWatch = step.kind === 'watch-open';
    const what = isWatch ? 'websocket' : 'event stream';
    const label = `${isWatch ? 'websocket' : 'events'} ${step.name}`;
    const path = formPath(step.path, form, resolve);
    const request = `${label}: open ${path}`;
    const headers: Record<string, string> = { 'X-Domain-Name': domain };
    if (!isWatch) {
      for (const [name, value] of Object.entries(step.headers ?? {}))
        headers[name] = resolve(value);
    }
    try {
      const opened = isWatch
        ? WatchClient.open(
            new URL(path, baseUrl.replace(/^http/, 'ws')).href,
            headers,
            watchDeadlineMs,
          )
        : EventClient.open(new URL(path, baseUrl), headers, watchDeadlineMs);
      watches.set(step.name, await opened);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      exchanges.push({ request, response: error.message });
      return [{ at: label, expected: `an open ${what}`, got: error.message }];
    }
    exchanges.push({ request, response: 'open' });
    return [];
  };

  const runStep = async (step: Step): Promise<Difference[]> => {
    if (step.kind === 'http') return runHttp(step);
    if (step.kind === 'watch-open' || step.kind === 'events-open') return runOpen(step);
    const watch = watches.get(step.name);
    if (watch === undefined) throw new Error(`nothing was opened as ${step.name}`);
    const label = `${watch instanceof EventClient ? 'events' : 'websocket'} ${step.name}`;
    if (step.kind === 'watch-send') {
      if (watch instanceof EventClient) throw new Error(`${step.name} only receives`);
      watch.send(step.text);
      exchanges.push({ request: `${label}: send ${step.text}`, response: 'sent' });
      return [];
    }
    const got = await watch.next(watchDeadlineMs);
    exchanges.push({
      request: `${label}: receive`,
      response: typeof got === 'string' ? got : JSON.stringify(got ?? 'nothing in time'),
    });
    const frameDifferences = watchFrameDifferences(step, got, resolve, label);
    if (frameDifferences.length > 0 || step.kind !== 'watch-frame') return frameDifferences;
    return captureFrom(step.capture, typeof got === 'string' ? got : '', captured);
  };

  const differences: Difference[] = [];
  try {
    for (const step of conformanceCase.steps) {
      differences.push(...(await runStep(step)));
      if (differences.length > 0) break;
    }
  } finally {
    for (const watch of watches.values()) watch.close();
  }
  return {
    case: conformanceCase,
    form,
    differences,
    exchanges: differences.length === 0 ? [] : exchanges,
  };
}

function capture(
  step: HttpStep,
  response: WireResponse,
  captured: Map<string, string>,
): Difference[] {
  const differences: Difference[] = [];
  const inBody: Record<string, string> = {};
  for (const [name, from] of Object.entries(step.capture ?? {})) {
    if (from.startsWith('header:')) {
      const value = response.headers[from.slice('header:'.length)];
      differences.push(...keep(name, from, value, captured));
    } else {
      inBody[name] = from;
    }
  }
  return [...differences, ...captureFrom(inBody, response.text, captured)];
}

function captureFrom(
  wanted: Readonly<Record<string, string>> | undefined,
  text: string,
  captured: Map<string, string>,
): Difference[] {
  const names = Object.entries(wanted ?? {});
  if (names.length === 0) return [];
  const body = parseJson(text);
  return names.flatMap(([name, from]) => {
    const value = body === undefined ? undefined : valueAt(body, from);
    return keep(name, from, value, captured);
  });
}

function keep(
  name: string,
  from: string,
  value: unknown,
  captured: Map<string, string>,
): Difference[] {
  if (typeof value !== 'string') {
    return [{ at: from, expected: 'a text to go on with', got: 'nothing' }];
  }
  captured.set(name, value);
  return [];
}

function wireRequest(
  { request }: HttpStep,
  form: Form,
  domain: string,
  captured: ReadonlyMap<string, string>,
): WireRequest {
  const headers: Record<string, string> = { 'X-Domain-Name': domain };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = resolveTemplate(value, captured);
  }
  if (request.body !== undefined) headers['Content-Type'] ??= 'application/json';
  const path = formPath(request.path, form, (text) => resolveTemplate(text, captured));
  const body = request.body === undefined ? undefined : bodyBytes(request.body, captured);
  return { method: request.method, path, headers, ...(body === undefined ? {} : { body }) };
}

function formPath(template: string, form: Form, resolve: (text: string) => string): string {
  // What begins with a slash is meant as it is, whatever the form of the case.
  const path = template.startsWith('/') ? template : pathIn(form, template);
  if (path === undefined) throw new Error(`${template} does not exist in ${form}`);
  return resolve(path);
}

function bodyBytes(body: RequestBody, captured: ReadonlyMap<string, string>): Buffer | Buffer[] {
  switch (body.kind) {
    case 'json':
      return Buffer.from(JSON.stringify(resolveJson(body.value, captured)));
    case 'raw':
      return Buffer.from(resolveTemplate(body.text, captured), body.encoding ?? 'utf8');
    case 'chunked':
      return body.chunks.map((chunk) => Buffer.from(resolveTemplate(chunk, captured)));
  }
}
