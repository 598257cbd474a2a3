import { stringify, type AsyncCommand } from 'fast-check';

import type { ErrorName } from '../../../model/error-table.ts';
import { ServiceCenterError } from '../../../model/service-center-error.ts';
import type { RegistryModel } from './registry-model.ts';
import type { ScriptRun } from './script-run.ts';

/** One step of a random script: does something to the model and to the backend and compares what comes of it. */
export type ScriptStep = AsyncCommand<RegistryModel, ScriptRun>;

/** Makes a step out of what it does and how a failing script shows it. */
export function scriptStep(
  text: string,
  run: (model: RegistryModel, script: ScriptRun) => Promise<void>,
): ScriptStep {
  return { check: () => true, run, toString: () => text };
}

/** A step as a line of code, for the report of a failing script. */
export function callText(name: string, ...parameters: readonly unknown[]): string {
  return `${name}(${parameters.map((parameter) => stringify(parameter)).join(', ')})`;
}

/** What a call came to: what is picked from its result, or the name of its error. */
export async function outcomeOf<T, P>(
  call: Promise<T>,
  pick: (result: T) => P,
): Promise<P | ErrorName> {
  try {
    return pick(await call);
  } catch (error) {
    if (ServiceCenterError.is(error)) return error.errorName;
    throw error;
  }
}

/** For calls that answer nothing but their position. */
export function nothing(): undefined {
  return undefined;
}
