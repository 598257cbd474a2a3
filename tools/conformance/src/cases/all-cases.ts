import type { ConformanceCase } from '../case/case.ts';
import { boundaryCases } from '../validation/boundary-cases.ts';
import { dependencyRequests } from '../validation/dependency-requests.ts';
import { instanceRequests } from '../validation/instance-requests.ts';
import { metadataRequests } from '../validation/metadata-requests.ts';
import { serviceRequests } from '../validation/service-requests.ts';
import { accessCases } from './access.ts';
import { adminCases } from './admin.ts';
import { batchFindCases } from './batch-find.ts';
import { bodyLimitCases } from './body-limits.ts';
import { corsCases } from './cors.ts';
import { dependencyCases } from './dependencies.ts';
import { eventStreamCases } from './event-stream.ts';
import { existenceCases } from './existence.ts';
import { findCases } from './find.ts';
import { governCases } from './govern.ts';
import { gzipCases } from './gzip.ts';
import { instanceChangeCases } from './instance-changes.ts';
import { instanceReadingCases } from './instance-reading.ts';
import { instanceRegistrationCases } from './instance-registration.ts';
import { jsonDecodingCases } from './json-decoding.ts';
import { responseCases } from './responses.ts';
import { revisionCases } from './revisions.ts';
import { routingCases } from './routing.ts';
import { ruleCases } from './rules.ts';
import { schemaCases } from './schemas.ts';
import { serverDescriptionCases } from './server-description.ts';
import { serviceDeletionCases } from './service-deletion.ts';
import { serviceRegistrationCases } from './service-registration.ts';
import { serviceCases } from './services.ts';
import { tagCases } from './tags.ts';
import { tenantCases } from './tenants.ts';
import { uriCheckCases } from './uri-check.ts';
import { watchCases } from './watch.ts';

/** Everything a server is judged by. */
export function conformanceCases(): ConformanceCase[] {
  return [
    ...uriCheckCases,
    ...corsCases,
    ...routingCases,
    ...tenantCases,
    ...responseCases,
    ...bodyLimitCases,
    ...gzipCases,
    ...jsonDecodingCases,
    ...serverDescriptionCases,
    ...governCases,
    ...adminCases,
    ...serviceRegistrationCases,
    ...existenceCases,
    ...serviceCases,
    ...serviceDeletionCases,
    ...tagCases,
    ...ruleCases,
    ...schemaCases,
    ...instanceRegistrationCases,
    ...instanceReadingCases,
    ...instanceChangeCases,
    ...findCases,
    ...revisionCases,
    ...accessCases,
    ...batchFindCases,
    ...dependencyCases,
    ...watchCases,
    ...eventStreamCases,
    ...boundaryCases([
      ...serviceRequests,
      ...metadataRequests,
      ...instanceRequests,
      ...dependencyRequests,
    ]),
  ];
}
