import { parseArgs } from 'node:util';

import { profiles, type Profile } from './case/case.ts';

/** What the command was asked to do. */
export interface CommandLine {
  readonly baseUrl: string;
  readonly only: readonly string[];
  readonly profile: Profile;
  readonly jobs: number;
  readonly seed: number;
  /** Random requests to send after the cases. */
  readonly fuzzRequests: number;
  readonly settleMs: number;
  readonly deadlineMs: number;
  /** Where to write the HTML report. */
  readonly reportPath: string | undefined;
}

/** How the command is used. */
export const usage: string = `usage: conformance --base http://host:port [options]

  --only NAMES     routes, areas or parts of titles, by comma (default: everything)
  --profile NAME   ${profiles.join(' | ')} (default: default)
  --jobs N         cases side by side (default: 8)
  --seed N         of domains and of the random requests (default: by chance)
  --fuzz N         random requests after the cases (default: 0)
  --settle MS      how long reads may lag behind writes (default: 0)
  --deadline MS    how long an answer may take (default: 10000)
  --report FILE    write an HTML report
`;

/** A command line that cannot be followed; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @returns undefined when only help was asked for
 * @throws UsageError
 */
export function parseCommandLine(
  args: readonly string[],
  chance: () => number,
): CommandLine | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.base === undefined) throw new UsageError('--base is missing');
  if (!URL.canParse(values.base) || new URL(values.base).protocol !== 'http:') {
    throw new UsageError(`--base ${values.base} is no http URL`);
  }
  const profile = profiles.find((name) => name === values.profile);
  if (profile === undefined) {
    throw new UsageError(`--profile ${values.profile} is none of ${profiles.join(', ')}`);
  }
  return {
    baseUrl: values.base.replace(/\/$/, ''),
    only: values.only.split(',').filter((word) => word !== ''),
    profile,
    jobs: wholeNumber('--jobs', values.jobs, 1),
    seed:
      values.seed === undefined
        ? Math.floor(chance() * 2 ** 32)
        : wholeNumber('--seed', values.seed, 0),
    fuzzRequests: wholeNumber('--fuzz', values.fuzz, 0),
    settleMs: wholeNumber('--settle', values.settle, 0),
    deadlineMs: wholeNumber('--deadline', values.deadline, 1),
    reportPath: values.report,
  };
}

interface RawValues {
  readonly base?: string | undefined;
  readonly seed?: string | undefined;
  readonly report?: string | undefined;
  readonly only: string;
  readonly profile: string;
  readonly jobs: string;
  readonly fuzz: string;
  readonly settle: string;
  readonly deadline: string;
  readonly help: boolean;
}

function parse(args: readonly string[]): { readonly values: RawValues } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        base: { type: 'string' },
        seed: { type: 'string' },
        report: { type: 'string' },
        only: { type: 'string', default: '' },
        profile: { type: 'string', default: 'default' },
        jobs: { type: 'string', default: '8' },
        fuzz: { type: 'string', default: '0' },
        settle: { type: 'string', default: '0' },
        deadline: { type: 'string', default: '10000' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(option: string, text: string, smallest: number): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < smallest) {
    throw new UsageError(`${option} ${text} is no whole number from ${smallest} on`);
  }
  return value;
}
