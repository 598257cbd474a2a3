import type { Expectation, HttpStep } from '../case/case.ts';
import { partial, revisionForm } from '../case/pattern.ts';
import { json } from '../case/steps.ts';

/** The plain find of the provider `p`. */
export const find: string = 'R/instances?appId=app&serviceName=p';

/** The header every find carries. */
export const withRevision: Readonly<Record<string, RegExp>> = {
  'x-resource-revision': revisionForm,
};

/** The one instance kept under `i`. */
export const foundOne: Expectation = json(
  { instances: [partial({ instanceId: '${i}' })] },
  withRevision,
);

/** No instance, and yet a revision. */
export const foundNone: Expectation = json({}, withRevision);

/** Keeps the revision as `rev`. */
export const captureRevision: Pick<HttpStep, 'capture'> = {
  capture: { rev: 'header:x-resource-revision' },
};
