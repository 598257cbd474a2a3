/** What the replay of one scenario found. */
export interface ReplayedScenario {
  readonly name: string;
  /** The steps that differ in something a client would notice. */
  readonly differentSteps: readonly string[];
}

/**
 * Reads the report that the replay writes.
 *
 * @throws TypeError when it is none
 */
export function readReplayReport(json: string): readonly ReplayedScenario[] {
  return members(JSON.parse(json), 'scenarios').map((scenario) => ({
    name: text(scenario, 'name'),
    differentSteps: members(scenario, 'steps')
      .filter((step) => text(step, 'status') === 'hard')
      .map((step) => text(step, 'id')),
  }));
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
