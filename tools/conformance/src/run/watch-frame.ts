import type { WatchClosedStep, WatchFrameStep } from '../case/case.ts';
import { describe, differencesOf, type Difference, type Resolve } from '../case/difference.ts';
import { parseJson } from '../case/json.ts';
import type { StreamEnd } from '../exchange/frame-queue.ts';

/** Compares what a websocket or an event stream brought with what the step demands. */
export function watchFrameDifferences(
  step: WatchFrameStep | WatchClosedStep,
  got: string | StreamEnd | undefined,
  resolve: Resolve,
  at: string,
): Difference[] {
  const gotText = typeof got === 'string' ? got : JSON.stringify(got ?? 'nothing in time');
  if (step.kind === 'watch-closed') {
    const isRight = typeof got === 'object' && (step.code === undefined || got.code === step.code);
    const expected = `closed${step.code === undefined ? '' : ` with code ${step.code}`}`;
    return isRight ? [] : [{ at, expected, got: gotText }];
  }
  if (step.is.kind === 'text') {
    return got === step.is.is ? [] : [{ at, expected: step.is.is, got: gotText }];
  }
  const value = typeof got === 'string' ? parseJson(got) : undefined;
  return value === undefined
    ? [{ at, expected: describe(step.is.is, resolve), got: gotText }]
    : differencesOf(step.is.is, value, resolve, at);
}
