import { ServiceCenterError, type EventTopic } from '@service-center/sdcommon';

import type { Query } from '../request/query.ts';

const selectors = ['consumerId', 'serviceId', 'appId', 'scope'] as const;

/**
 * Reads what a request for server-sent events is about: `consumerId`, `serviceId` once or several times, `appId` with or
 * without `serviceName` and `env`, `scope=domain`, or the project when none of them is there.
 *
 * @throws ServiceCenterError `invalidParameters` when the parameters do not go together
 */
export function readTopicQuery(query: Query): readonly EventTopic[] {
  const given = selectors.filter((name) => query.get(name) !== '');
  const [selector] = given;
  if (given.length > 1) {
    throw invalid(`${given.join(' and ')} cannot stand in one request`);
  }
  const environment = query.all('env')[0];
  const serviceName = query.get('serviceName');
  if (selector !== 'appId' && (environment !== undefined || serviceName !== '')) {
    throw invalid(`${serviceName === '' ? 'env' : 'serviceName'} needs appId beside it`);
  }
  if (selector === undefined) return [{ kind: 'project' }];
  switch (selector) {
    case 'consumerId':
      return [{ kind: 'consumer', serviceId: query.get('consumerId') }];
    case 'serviceId':
      return query.all('serviceId').map((serviceId) => ({ kind: 'service', serviceId }));
    case 'appId':
      return [appTopic(query.get('appId'), serviceName, environment)];
    case 'scope':
      return [scopeTopic(query.get('scope'))];
  }
}

function scopeTopic(scope: string): EventTopic {
  if (scope === 'domain') return { kind: scope };
  throw invalid("scope must be 'domain' or absent");
}

function appTopic(appId: string, serviceName: string, environment: string | undefined): EventTopic {
  const app = { appId, ...(environment !== undefined && { environment }) };
  return serviceName === '' ? { kind: 'app', ...app } : { kind: 'provider', ...app, serviceName };
}

function invalid(detail: string): ServiceCenterError {
  return new ServiceCenterError('invalidParameters', detail);
}
