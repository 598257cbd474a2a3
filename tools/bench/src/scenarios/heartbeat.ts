import { MeasuredServer } from './measured-server.ts';
import { measureRatioToBare } from './ratio-to-bare.ts';
import type { Scenario } from './scenario.ts';

/** An instance proves that it is alive, again and again. */
export const heartbeat: Scenario = {
  name: 'heartbeat',
  about: 'heartbeat of one instance',
  async measure(options) {
    await using server = await MeasuredServer.start();
    const serviceId = await server.client.registerService('provider');
    await server.client.registerInstance(serviceId, 'instance');
    return [
      await measureRatioToBare({
        ...options,
        name: 'heartbeat',
        baseUrl: server.baseUrl,
        request: {
          method: 'PUT',
          path: `/v4/default/registry/microservices/${serviceId}/instances/instance/heartbeat`,
          headers: { 'X-Domain-Name': 'default' },
        },
        wantedRatio: 0.6,
      }),
    ];
  },
};
