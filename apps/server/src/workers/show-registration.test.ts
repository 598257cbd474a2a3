import { ServiceCenterError, silentLogger, type Logger } from '@service-center/sdcommon';
import { beforeEach, expect, it } from 'vitest';

import { StoppedError } from '../lifecycle/stoppable-process.ts';
import { showRegistration } from './show-registration.ts';

let answers: number;
let warnings: unknown[];
let caughtUp: PromiseWithResolvers<boolean>;

function show(): Promise<void> {
  const logger: Logger = {
    ...silentLogger,
    warn: ({ reason }) => warnings.push(reason),
  };
  return showRegistration({
    catchUp: () => caughtUp.promise,
    answer: () => {
      answers++;
    },
    logger,
  });
}

beforeEach(() => {
  answers = 0;
  warnings = [];
  caughtUp = Promise.withResolvers();
});

it('answers when the caches have caught up, and not before', async () => {
  const shown = show();
  expect(answers).toBe(0);
  caughtUp.resolve(true);
  await shown;
  expect({ answers, warnings }).toEqual({ answers: 1, warnings: [] });
});

it('answers, with a line in the log, when the time is over', async () => {
  caughtUp.resolve(false);
  await show();
  expect(answers).toBe(1);
  expect(warnings).toEqual(['the caches did not catch up with the store in time']);
});

it('answers, with a line in the log, when the store is away', async () => {
  caughtUp.reject(new ServiceCenterError('unavailableBackend', 'nobody there'));
  await show();
  expect({ answers, warnings }).toEqual({ answers: 1, warnings: ['nobody there'] });
});

it('ends without an answer when the worker is stopped', async () => {
  caughtUp.reject(new StoppedError());
  await show();
  expect({ answers, warnings }).toEqual({ answers: 0, warnings: [] });
});

it('hides no other error', async () => {
  caughtUp.reject(new RangeError('broken'));
  await expect(show()).rejects.toThrow('broken');
  expect(answers).toBe(0);
});
