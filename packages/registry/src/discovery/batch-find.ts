import type { FindAnswer } from '@service-center/aggregator';
import {
  ServiceCenterError,
  type HeartbeatSetElement,
  type MicroServiceKey,
  type Tenant,
} from '@service-center/sdcommon';

import type { CacheFreshness } from '../read/index.ts';
import type { RequestScope } from '../request-scope.ts';
import { required } from '../validation/index.ts';
import type { BatchElement } from './batch-element.ts';
import type { FoundInstance } from './provider-instances.ts';

/** What a client asks for at once (spec 04 §1.11); members that were left out are undefined. */
export interface BatchFindRequest {
  /** `''` for none. */
  readonly consumerId: string;
  /** Where shared services are looked for; see {@link FindParameters.targetTenant}. */
  readonly targetTenant: Tenant;
  readonly services: readonly {
    readonly service: MicroServiceKey | undefined;
    readonly rev: string;
  }[];
  readonly instances: readonly {
    readonly instance: HeartbeatSetElement | undefined;
    readonly rev: string;
  }[];
}

/** The outcome of the elements of one list; indexes are places in that list. */
export interface BatchFindPart<A> {
  /** One entry for each error code, with the error of its first element. */
  readonly failed: readonly {
    readonly indexes: readonly number[];
    readonly error: ServiceCenterError;
  }[];
  /** The client's revision is the current one. */
  readonly notModified: readonly number[];
  readonly updated: readonly { readonly index: number; readonly answer: A }[];
}

/** The answer to a {@link BatchFindRequest}; a part is undefined when nothing was asked of it. */
export interface BatchFindAnswer {
  readonly services: BatchFindPart<FindAnswer> | undefined;
  readonly instances: BatchFindPart<FoundInstance> | undefined;
}

/** What a {@link BatchFind} works with. */
export interface BatchFindOptions {
  readonly freshness: CacheFreshness;
  /** Checks an element. @throws ServiceCenterError `invalidParameters` */
  readonly serviceElement: (
    scope: RequestScope,
    request: BatchFindRequest,
    key: MicroServiceKey,
    rev: string,
  ) => BatchElement<FindAnswer>;
  /** Checks an element. @throws ServiceCenterError `invalidParameters` */
  readonly instanceElement: (
    scope: RequestScope,
    consumerId: string,
    address: HeartbeatSetElement,
    rev: string,
  ) => BatchElement<FoundInstance>;
}

type Outcome<A> = { readonly answer: A } | { readonly error: ServiceCenterError };

/** Answers many finds at once (spec 04 §1.11, spec 01 §4.7 #32). */
export class BatchFind {
  readonly #options: BatchFindOptions;

  constructor(options: BatchFindOptions) {
    this.#options = options;
  }

  /** See {@link Discovery.findMany}. */
  async find(scope: RequestScope, request: BatchFindRequest): Promise<BatchFindAnswer> {
    if (request.services.length === 0 && request.instances.length === 0) {
      throw new ServiceCenterError('invalidParameters', 'Required services or instances');
    }
    const { serviceElement, instanceElement } = this.#options;
    // All are checked before the first is answered: a find leaves a dependency behind.
    const services = request.services.map(({ service, rev }) =>
      serviceElement(scope, request, required('FindService.Service', service), rev),
    );
    const instances = request.instances.map(({ instance, rev }) =>
      instanceElement(scope, request.consumerId, required('FindInstance.Instance', instance), rev),
    );
    return {
      services: services.length === 0 ? undefined : await this.#part(scope, services),
      instances: instances.length === 0 ? undefined : await this.#part(scope, instances),
    };
  }

  async #part<A extends { readonly revision: string }>(
    scope: RequestScope,
    elements: readonly BatchElement<A>[],
  ): Promise<BatchFindPart<A>> {
    if (scope.noCache === true) {
      const outcomes: Outcome<A>[] = [];
      for (const { fresh } of elements) outcomes.push(await outcomeOf(fresh));
      return collect(elements, outcomes);
    }
    const known = elements.map(({ now }) => outcomeNow(now));
    if (!elements.some(({ rev }, index) => isDoubtful(rev, known[index]))) {
      return collect(elements, known);
    }
    // Some client has seen what this server does not know: catch up once for the whole batch.
    await this.#options.freshness.catchUp(scope.signal);
    return collect(
      elements,
      elements.map(({ now }) => outcomeNow(now)),
    );
  }
}

function isDoubtful(
  rev: string,
  outcome: Outcome<{ readonly revision: string }> | undefined,
): boolean {
  if (rev === '' || outcome === undefined) return false;
  if ('answer' in outcome) return outcome.answer.revision !== rev;
  return !outcome.error.isInternal;
}

function outcomeNow<A>(now: () => A): Outcome<A> {
  try {
    return { answer: now() };
  } catch (error) {
    return failedOutcome(error);
  }
}

async function outcomeOf<A>(fresh: () => Promise<A>): Promise<Outcome<A>> {
  try {
    return { answer: await fresh() };
  } catch (error) {
    return failedOutcome(error);
  }
}

/** A fault of the registry is not the outcome of one element: it fails the whole request. */
function failedOutcome(error: unknown): { readonly error: ServiceCenterError } {
  if (!ServiceCenterError.is(error)) throw error;
  if (error.isInternal) throw new ServiceCenterError('internal', error.message, { cause: error });
  return { error };
}

function collect<A extends { readonly revision: string }>(
  elements: readonly BatchElement<A>[],
  outcomes: readonly Outcome<A>[],
): BatchFindPart<A> {
  const failed = new Map<
    string,
    { readonly indexes: number[]; readonly error: ServiceCenterError }
  >();
  const notModified: number[] = [];
  const updated: { readonly index: number; readonly answer: A }[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if ('error' in outcome) {
      const { error } = outcome;
      const entry = failed.get(error.code);
      if (entry === undefined) failed.set(error.code, { indexes: [index], error });
      else entry.indexes.push(index);
      continue;
    }
    const { answer } = outcome;
    const rev = elements[index]?.rev ?? '';
    if (rev !== '' && rev === answer.revision) notModified.push(index);
    else updated.push({ index, answer });
  }
  return { failed: [...failed.values()], notModified, updated };
}
