import { BareServerProcess } from '../bare/bare-server-process.ts';
import { recordAnswer, type RepeatedRequest } from '../load/http-exchange.ts';
import { repeatLoad } from '../load/repeat-load.ts';
import { median } from '../machine/sync-latency.ts';
import type { Figure, ScenarioOptions } from './scenario.ts';

/** What to compare. */
export interface RatioToBareOptions extends ScenarioOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly request: RepeatedRequest;
  /** The share of the bare server's rate that is wanted, 0 to 1. */
  readonly wantedRatio: number;
  readonly connections?: number;
}

/**
 * Measures a request against a bare server that sends the same bytes. The two are measured in turn, and the ratio is
 * taken within each pair, since the machine's speed drifts from minute to minute.
 */
export async function measureRatioToBare(options: RatioToBareOptions): Promise<Figure> {
  const { baseUrl, request, seconds, connections = 50 } = options;
  const answer = await recordAnswer(baseUrl, request);
  if (answer.status !== 200) {
    throw new Error(`${request.path} answered ${answer.status}: ${answer.body.toString()}`);
  }
  await using bare = await BareServerProcess.start(answer);
  const load = { request, connections };
  await repeatLoad({ ...load, baseUrl, seconds: 2 });
  await repeatLoad({ ...load, baseUrl: bare.baseUrl, seconds: 2 });
  const ratios: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const ourRate = await repeatLoad({ ...load, baseUrl, seconds });
    const bareRate = await repeatLoad({ ...load, baseUrl: bare.baseUrl, seconds });
    ours.push(ourRate);
    ratios.push(ourRate / bareRate);
  }
  const ratio = median(ratios);
  return {
    name: options.name,
    measured:
      `${percent(ratio)} of bare (${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))}), ` +
      `${Math.round(median(ours))}/s`,
    wanted: `>= ${percent(options.wantedRatio)}`,
    isReached: ratio >= options.wantedRatio,
  };
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
