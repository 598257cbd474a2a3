import type { ConformanceCase } from '../case/case.ts';
import { boundaryCases } from '../validation/boundary-cases.ts';
import { dependencyRequests } from '../validation/dependency-requests.ts';
import { instanceRequests } from '../validation/instance-requests.ts';
import { metadataRequests } from '../validation/metadata-requests.ts';
import { serviceRequests } from '../validation/service-requests.ts';
import { dependencyCases } from './dependencies.ts';
import { discoveryCases } from './discovery.ts';
import { instanceCases } from './instances.ts';
import { metadataCases } from './metadata.ts';
import { payloadCases } from './payload.ts';
import { pipelineCases } from './pipeline.ts';
import { serverCases } from './server.ts';
import { serviceCases } from './services.ts';
import { watchCases } from './watch.ts';

/** Everything a server is judged by. */
export function conformanceCases(): ConformanceCase[] {
  return [
    ...pipelineCases,
    ...payloadCases,
    ...serverCases,
    ...serviceCases,
    ...metadataCases,
    ...instanceCases,
    ...discoveryCases,
    ...dependencyCases,
    ...watchCases,
    ...boundaryCases([
      ...serviceRequests,
      ...metadataRequests,
      ...instanceRequests,
      ...dependencyRequests,
    ]),
  ];
}
