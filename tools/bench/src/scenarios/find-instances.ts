import { MeasuredServer } from './measured-server.ts';
import { measureRatioToBare } from './ratio-to-bare.ts';
import type { Figure, Scenario } from './scenario.ts';

const sizes = [
  { instances: 1, wantedRatio: 0.7 },
  { instances: 100, wantedRatio: 0.65 },
  { instances: 1000, wantedRatio: 0.8 },
] as const;

/** A consumer asks for all versions of a provider, again and again. */
export const findInstances: Scenario = {
  name: 'find',
  about: 'find 1, 100 and 1000 instances by name, as a consumer',
  async measure(options) {
    await using server = await MeasuredServer.start();
    const consumerId = await server.client.registerService('consumer');
    const figures: Figure[] = [];
    for (const { instances, wantedRatio } of sizes) {
      const serviceName = `provider-${instances}`;
      const serviceId = await server.client.registerService(serviceName);
      for (let index = 0; index < instances; index++) {
        await server.client.registerInstance(serviceId, `instance-${index}`);
      }
      figures.push(
        await measureRatioToBare({
          ...options,
          name: `find ${instances}`,
          baseUrl: server.baseUrl,
          request: {
            method: 'GET',
            path: `/v4/default/registry/instances?appId=testbed&serviceName=${serviceName}&version=0%2B`,
            headers: { 'X-Domain-Name': 'default', 'X-ConsumerId': consumerId },
          },
          wantedRatio,
        }),
      );
    }
    return figures;
  },
};
