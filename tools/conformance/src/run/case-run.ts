import { setTimeout as pause } from 'node:timers/promises';

import type { ConformanceCase, HttpStep, RequestBody, Step } from '../case/case.ts';
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
  const watches = new Map<string, WatchClient>();
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

  const runStep = async (step: Step): Promise<Difference[]> => {
    if (step.kind === 'http') return runHttp(step);
    const label = `websocket ${step.name}`;
    if (step.kind === 'watch-open') {
      const path = formPath(step.path, form, resolve);
      try {
        const url = new URL(path, baseUrl.replace(/^http/, 'ws'));
        watches.set(
          step.name,
          await WatchClient.open(url.href, { 'X-Domain-Name': domain }, watchDeadlineMs),
        );
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        exchanges.push({ request: `${label}: open ${path}`, response: error.message });
        return [{ at: label, expected: 'an open websocket', got: error.message }];
      }
      exchanges.push({ request: `${label}: open ${path}`, response: 'open' });
      return [];
    }
    const watch = watches.get(step.name);
    if (watch === undefined) throw new Error(`no websocket was opened as ${step.name}`);
    if (step.kind === 'watch-send') {
      watch.send(step.text);
      exchanges.push({ request: `${label}: send ${step.text}`, response: 'sent' });
      return [];
    }
    const got = await watch.next(watchDeadlineMs);
    exchanges.push({
      request: `${label}: receive`,
      response: typeof got === 'string' ? got : JSON.stringify(got ?? 'nothing in time'),
    });
    return watchFrameDifferences(step, got, resolve, label);
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
  const body = step.capture === undefined ? undefined : parseJson(response.text);
  for (const [name, from] of Object.entries(step.capture ?? {})) {
    const value = from.startsWith('header:')
      ? response.headers[from.slice('header:'.length)]
      : body === undefined
        ? undefined
        : valueAt(body, from);
    if (typeof value === 'string') captured.set(name, value);
    else differences.push({ at: from, expected: 'a text to go on with', got: 'nothing' });
  }
  return differences;
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
