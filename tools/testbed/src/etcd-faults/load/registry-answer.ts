import { FieldReader } from '@service-center/sdcommon';

import type { HttpAnswer, RegistryClient } from '../../server/registry-client.ts';

/**
 * What became of a request:
 *
 * - `accepted`: it was answered with success.
 * - `notThere`: the registry does not know the object.
 * - `refused`: the registry answered that its store is away.
 * - `unanswered`: no answer came.
 */
export type RequestOutcome = 'accepted' | 'notThere' | 'refused' | 'unanswered';

/** An answer that nothing can explain. */
class UnexpectedAnswerError extends Error {
  constructor(method: string, path: string, { status, body }: HttpAnswer) {
    super(`${method} ${path} was answered ${status}: ${body}`);
    this.name = 'UnexpectedAnswerError';
  }
}

/** A request. */
export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

const storeAway = '500011';
const notThereCodes: ReadonlySet<string> = new Set(['400012', '400017']);

/**
 * Sends a request and tells what became of it (spec 01 §1.6).
 *
 * @throws Error when it was answered with anything but success, or one of the errors that belong here in
 *   the registry's envelope
 */
export async function outcomeOf(
  client: RegistryClient,
  { method, path, body }: RegistryRequest,
): Promise<RequestOutcome> {
  let answer: HttpAnswer;
  try {
    answer = await client.send(method, path, body);
  } catch {
    // A connection that broke, or a client that gave up: both mean that nobody answered.
    return 'unanswered';
  }
  if (answer.status === 200) return 'accepted';
  const code = errorCodeOf(answer);
  if (answer.status === 500 && code === storeAway) return 'refused';
  if (answer.status === 400 && notThereCodes.has(code)) return 'notThere';
  throw new UnexpectedAnswerError(method, path, answer);
}

/** The code in an error's envelope; `''` when it is none. */
function errorCodeOf({ body }: HttpAnswer): string {
  try {
    const envelope = FieldReader.parse(body);
    return envelope.text('errorMessage') === '' ? '' : envelope.text('errorCode');
  } catch {
    // Not the registry's envelope, and so not an error that belongs here.
    return '';
  }
}
