import {
  FieldReader,
  readMicroServiceInstance,
  type MicroServiceInstance,
} from '@service-center/sdcommon';

import type { HttpAnswer, RegistryClient } from '../../server/registry-client.ts';
import type { ObjectState } from '../log/push-log.ts';
import { instanceState } from './received-frames.ts';
import type { ProviderName } from './watching-consumer.ts';

/**
 * The instances of every version of a provider, as a consumer finds them; none when it may not use the provider, or
 * there is none.
 *
 * @throws when the registry fails
 */
export async function findInstances(
  client: RegistryClient,
  consumerId: string,
  { appId, serviceName }: ProviderName,
): Promise<readonly ObjectState[]> {
  const query = new URLSearchParams({ appId, serviceName, version: '0.0.0+' });
  const path = `/v4/default/registry/instances?${query.toString()}`;
  const answer = await client.send('GET', path, undefined, { 'x-consumerid': consumerId });
  if (answer.status === 400) return [];
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body}`);
  return readInstances(answer).map(instanceState);
}

/** The instances that an answer lists. */
export function readInstances(answer: HttpAnswer): readonly MicroServiceInstance[] {
  return FieldReader.parse(answer.body).structList('instances', readMicroServiceInstance);
}
