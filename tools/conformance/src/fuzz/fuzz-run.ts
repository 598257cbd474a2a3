import { invariantDifferences } from '../case/invariants.ts';
import { isJsonObject, parseJson, valueAt } from '../case/json.ts';
import {
  ExchangeError,
  type Exchanger,
  type WireRequest,
  type WireResponse,
} from '../exchange/exchange.ts';
import { requestText, responseText } from '../run/exchange-text.ts';
import { SeededRandom } from '../run/seeded-random.ts';
import { mutate } from './mutation.ts';
import { targets, type Ground } from './targets.ts';

/** What {@link runFuzz} needs. */
export interface FuzzOptions {
  readonly exchanger: Exchanger;
  readonly seed: number;
  readonly requests: number;
  /** Requests side by side. */
  readonly jobs: number;
  /** Makes the run's domains differ from those of every other run. */
  readonly runName: string;
}

/** A random request to which the answer, or what it left behind, was wrong. */
export interface FuzzFinding {
  readonly problem: string;
  readonly request: string;
  readonly response: string;
}

/** What came of the random requests. */
export interface FuzzResult {
  readonly requests: number;
  /** Answered with a status below 400. */
  readonly accepted: number;
  /** Answered with a status of 400 to 499. */
  readonly refused: number;
  readonly findings: readonly FuzzFinding[];
}

const registry = '/v4/default/registry';

/**
 * Sends random requests, each a right one with a few changes, each in a domain of its own. None may fail the server,
 * hang, or leave anything behind when it is refused; afterwards what was there before must still be there.
 */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { exchanger, jobs, requests, runName } = options;
  const findings: FuzzFinding[] = [];
  const counts = { accepted: 0, refused: 0 };
  const bystander = `${runName}-bystander`;
  const ground = await prepare(exchanger, bystander);
  const before = await read(exchanger, bystander, instancePath(ground));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const { findings: found, status, isServerGone = false } = await fuzzOnce(options, index);
      findings.push(...found);
      if (status >= 400) counts.refused += 1;
      else if (status > 0) counts.accepted += 1;
      if (isServerGone) next = requests;
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  findings.push(...(await aftermath(exchanger, bystander, instancePath(ground), before)));
  return { requests, ...counts, findings };
}

interface FuzzAnswer {
  readonly findings: readonly FuzzFinding[];
  /** 0 without an answer. */
  readonly status: number;
  /** Even a right request gets no answer any more. */
  readonly isServerGone?: boolean;
}

async function fuzzOnce(options: FuzzOptions, index: number): Promise<FuzzAnswer> {
  try {
    return await sendRandomRequest(options, index);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const problem = 'a right request around a random one gets no answer';
    const request = `random request ${index} of seed ${options.seed}`;
    return {
      findings: [{ problem, request, response: error.message }],
      status: 0,
      isServerGone: true,
    };
  }
}

async function sendRandomRequest(
  { exchanger, seed, runName }: FuzzOptions,
  index: number,
): Promise<FuzzAnswer> {
  // Each request has a generator of its own, so that it is the same whatever runs beside it.
  const random = new SeededRandom(seed + index * 0x9e3779b9);
  const target = random.pick(targets);
  const domain = `${runName}-f${index}`;
  const ground = target.needsGround
    ? await prepare(exchanger, domain)
    : { serviceId: '', instanceId: '' };
  const probe = target.probe(ground);
  const before = await read(exchanger, domain, probe);
  const request = mutate(
    {
      ...target.request(ground),
      headers: { 'X-Domain-Name': domain, 'Content-Type': 'application/json' },
    },
    random,
  );
  let response: WireResponse;
  try {
    response = await exchanger.exchange(request);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const problem = error.isTimeout ? 'it hangs' : 'no answer';
    return { findings: [finding(problem, request, error.message)], status: 0 };
  }
  const findings: FuzzFinding[] = [];
  for (const { at, expected, got } of invariantDifferences(response, request.method)) {
    // What cannot even be read as HTTP is refused before the registry sees it.
    if (at === 'header server') continue;
    findings.push(finding(`${at}: expected ${expected}, got ${got}`, request, response));
  }
  const after = await read(exchanger, domain, probe);
  if (response.status >= 400 && !isPartByContract(response) && after.text !== before.text) {
    findings.push(
      finding(`it was refused and yet changed ${probe} to ${after.text}`, request, response),
    );
  }
  if (after.status >= 500) {
    findings.push(finding(`${probe} fails with ${after.status} after it`, request, response));
  }
  return { findings, status: response.status };
}

/** A service is registered even when one of its extras is wrong (spec 04 §3.8). */
function isPartByContract({ text }: WireResponse): boolean {
  const value = parseJson(text);
  return (
    isJsonObject(value) &&
    typeof value.detail === 'string' &&
    value.detail.startsWith('errMessages: [')
  );
}

async function aftermath(
  exchanger: Exchanger,
  bystander: string,
  path: string,
  before: WireResponse,
): Promise<FuzzFinding[]> {
  const request = { method: 'GET', path, headers: { 'X-Domain-Name': bystander } };
  try {
    const after = await exchanger.exchange(request);
    if (after.text !== before.text) {
      return [finding('a bystander was changed', request, after)];
    }
    await prepare(exchanger, `${bystander}-late`);
    return [];
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return [finding('the server is no longer well', request, error.message)];
  }
}

/**
 * Puts a service with a tag and an instance into a domain.
 *
 * @throws ExchangeError when the server does not take them
 */
async function prepare(exchanger: Exchanger, domain: string): Promise<Ground> {
  const response = await exchanger.exchange({
    method: 'POST',
    path: `${registry}/microservices`,
    headers: { 'X-Domain-Name': domain },
    body: Buffer.from(
      JSON.stringify({
        service: { serviceName: 'ground', appId: 'app', version: '1.0.0' },
        tags: { k: 'v' },
        instances: [{ instanceId: 'ground', hostName: 'h', properties: { k: 'v' } }],
      }),
    ),
  });
  const value = parseJson(response.text);
  const serviceId = value === undefined ? undefined : valueAt(value, 'serviceId');
  if (response.status !== 200 || typeof serviceId !== 'string') {
    throw new ExchangeError(`nothing can be registered: ${response.text}`, { isTimeout: false });
  }
  return { serviceId, instanceId: 'ground' };
}

function instancePath({ serviceId, instanceId }: Ground): string {
  return `${registry}/microservices/${serviceId}/instances/${instanceId}`;
}

function read(exchanger: Exchanger, domain: string, path: string): Promise<WireResponse> {
  return exchanger.exchange({ method: 'GET', path, headers: { 'X-Domain-Name': domain } });
}

function finding(
  problem: string,
  request: WireRequest,
  response: WireResponse | string,
): FuzzFinding {
  return {
    problem,
    request: requestText(request),
    response: typeof response === 'string' ? response : responseText(response),
  };
}
