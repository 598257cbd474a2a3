import type { ConformanceCase } from '../case/case.ts';
import { boundaryCases } from '../validation/boundary-cases.ts';
import { dependencyRequests } from '../validation/dependency-requests.ts';
import { instanceRequests } from '../validation/instance-requests.ts';
import { metadataRequests } from '../validation/metadata-requests.ts';
import { serviceRequests } from '../validation/service-requests.ts';
import { payloadCases } from './payload.ts';
import { pipelineCases } from './pipeline.ts';
import { serviceCases } from './services.ts';

/** Everything a server is judged by. */
export function conformanceCases(): ConformanceCase[] {
  return [
    ...pipelineCases,
    ...payloadCases,
    ...serviceCases,
    ...boundaryCases([
      ...serviceRequests,
      ...metadataRequests,
      ...instanceRequests,
      ...dependencyRequests,
    ]),
  ];
}
