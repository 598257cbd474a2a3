/** What the replay of one scenario found. */
export interface ReplayedScenario {
  readonly name: string;
  /** The steps that differ in something that a client would notice, or a server on the same store byte by byte. */
  readonly differentSteps: readonly string[];
  /** The steps that compare stored keys, where nobody could read them. */
  readonly skippedSteps: readonly string[];
}

/**
 * Reads the report that the replay writes. Stored values are held to the recorded bytes: a server of another make reads
 * them, and not every one is as lenient as the replay, to which order and white space are a lesser matter.
 *
 * @throws TypeError when it is none
 */
export function readReplayReport(json: string): readonly ReplayedScenario[] {
  return members(JSON.parse(json), 'scenarios').map((scenario) => {
    const steps = members(scenario, 'steps').map((step) => ({
      id: text(step, 'id'),
      status: text(step, 'status'),
      paths: members(step, 'diffs').map((difference) => text(difference, 'path')),
    }));
    const isDifferent = ({ status, paths }: (typeof steps)[number]): boolean =>
      status === 'hard' || (status === 'soft' && paths.some((path) => path.endsWith('.$raw')));
    return {
      name: text(scenario, 'name'),
      differentSteps: steps.filter(isDifferent).map(({ id }) => id),
      skippedSteps: steps.filter(({ paths }) => paths.includes('skipped')).map(({ id }) => id),
    };
  });
}

function members(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name);
  if (!Array.isArray(list)) throw new TypeError(`the report has no list ${name}`);
  return list;
}

function text(value: unknown, name: string): string {
  const found = member(value, name);
  if (typeof found !== 'string') throw new TypeError(`the report has no text ${name}`);
  return found;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
