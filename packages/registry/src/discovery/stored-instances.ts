import { encodeFindAnswer, type FindAnswer, type Resolution } from '@service-center/aggregator';
import type { InstanceRepository, ResourceRecord, Tenant } from '@service-center/sdcommon';

/**
 * Answers with the instances that the store holds now. One that is kept in memory although the store has lost it does
 * not show (spec 04 §4.5).
 *
 * @throws ServiceCenterError `unavailableBackend`
 */
export async function readStoredInstances(
  repository: Pick<InstanceRepository, 'list'>,
  tenant: Tenant,
  resolution: Resolution,
): Promise<FindAnswer> {
  const lists = await Promise.all(
    resolution.serviceIds.map((serviceId) => repository.list(tenant, serviceId)),
  );
  return encodeFindAnswer(resolution, lists.flatMap(inRegistrationOrder));
}

function inRegistrationOrder(
  records: readonly ResourceRecord<'INSTANCE'>[],
): readonly ResourceRecord<'INSTANCE'>[] {
  return records.toSorted((left, right) => {
    if (left.createRevision !== right.createRevision) {
      return left.createRevision < right.createRevision ? -1 : 1;
    }
    return left.key < right.key ? -1 : 1;
  });
}
