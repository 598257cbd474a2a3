import type { RepeatedRequest } from '../load/http-exchange.ts';
import { recordAnswer } from '../load/http-exchange.ts';
import { repeatLoad } from '../load/repeat-load.ts';
import { median } from '../machine/sync-latency.ts';
import { MeasuredServer } from './measured-server.ts';
import type { Figure, Scenario, ScenarioOptions } from './scenario.ts';

const small = 1000;
const large = 50_000;
/** A rate in the large registry below this share of the rate in the small one is work that grows with the registry. */
const wantedRatio = 0.7;

const probeApp = 'probe';
const registry = '/v4/default/registry';
const govern = '/v4/default/govern';

/** Reads whose answers are the same in a small and in a large registry. */
function probeReads(serviceId: string): Readonly<Record<string, string>> {
  const service = `${registry}/microservices/${serviceId}`;
  return {
    'GET existence': `${registry}/existence?type=microservice&appId=${probeApp}&serviceName=provider&version=1.0.0`,
    'GET microservice': service,
    'GET schemas': `${service}/schemas`,
    'GET tags': `${service}/tags`,
    'GET rules': `${service}/rules`,
    'GET instances of a service': `${service}/instances`,
    'GET instance': `${service}/instances/probe-instance`,
    'GET find': `${registry}/instances?appId=${probeApp}&serviceName=provider&version=0%2B`,
    'GET providers': `${service}/providers`,
    'GET consumers': `${service}/consumers`,
    'GET govern service': `${govern}/microservices/${serviceId}`,
    'GET govern services by name': `${govern}/microservices?appId=${probeApp}&serviceName=provider&options=instances`,
    'GET govern apps': `${govern}/apps`,
    'GET govern statistics': `${govern}/statistics`,
    'GET version': `${registry}/version`,
    'GET health': `${registry}/health`,
  };
}

/** Each read in a registry of 1,000 and of 50,000 services: its cost may grow with its answer, not with the registry. */
export const routesBySize: Scenario = {
  name: 'routes',
  about: `each read with ${small} and with ${large} services in the same tenant, and the ratio`,
  async measure(options) {
    const inSmall = await measureRates(small, options);
    const inLarge = await measureRates(large, options);
    return [...inSmall].map(([name, rate]): Figure => {
      const largeRate = inLarge.get(name) ?? 0;
      const ratio = largeRate / rate;
      return {
        name,
        measured: `${Math.round(rate)}/s and ${Math.round(largeRate)}/s, ratio ${ratio.toFixed(2)}`,
        wanted: `>= ${wantedRatio}`,
        isReached: ratio >= wantedRatio,
      };
    });
  },
};

async function measureRates(
  services: number,
  { seconds, rounds }: ScenarioOptions,
): Promise<ReadonlyMap<string, number>> {
  await using server = await MeasuredServer.start({
    flags: ['--set', 'quota.cap.service.limit=1000000'],
  });
  const { client, baseUrl } = server;
  const serviceId = await client.registerService('provider', probeApp);
  await client.registerInstance(serviceId, 'probe-instance');
  await fill(server, services);
  const rates = new Map<string, number>();
  for (const [name, path] of Object.entries(probeReads(serviceId))) {
    const request: RepeatedRequest = {
      method: 'GET',
      path,
      headers: { 'X-Domain-Name': 'default' },
    };
    const { status, body } = await recordAnswer(baseUrl, request);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body.toString()}`);
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      measured.push(await repeatLoad({ baseUrl, request, connections: 20, seconds }));
    }
    rates.set(name, median(measured));
  }
  return rates;
}

/** Services of a hundred other applications, so that the answers to the probes stay small. */
async function fill({ client }: MeasuredServer, services: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < services) {
      const index = next++;
      await client.registerService(`service-${index}`, `app-${index % 100}`);
    }
  };
  await Promise.all(Array.from({ length: 100 }, work));
}
