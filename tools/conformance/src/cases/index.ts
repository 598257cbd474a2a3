import type { ConformanceCase } from '../case/case.ts';
import { boundaryCases } from '../validation/boundary-cases.ts';
import { dependencyRequests } from '../validation/dependency-requests.ts';
import { instanceRequests } from '../validation/instance-requests.ts';
import { metadataRequests } from '../validation/metadata-requests.ts';
import { serviceRequests } from '../validation/service-requests.ts';

/** Everything a server is judged by. */
export function conformanceCases(): ConformanceCase[] {
  return [
    ...boundaryCases([
      ...serviceRequests,
      ...metadataRequests,
      ...instanceRequests,
      ...dependencyRequests,
    ]),
  ];
}
