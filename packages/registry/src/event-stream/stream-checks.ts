import { maxEventTopics, ServiceCenterError, type EventTopic } from '@service-center/sdcommon';

import { check, type Checklist } from '../validation/checklist.ts';
import { rules } from '../validation/shared-checks.ts';
import { EventLog } from './event-log.ts';

function topicChecks(place: string): Checklist<EventTopic> {
  return [
    {
      field: `${place}.appId`,
      rule: rules.appId,
      value: (topic) => ('appId' in topic ? topic.appId : undefined),
    },
    {
      field: `${place}.serviceName`,
      rule: rules.nameToFind,
      value: (topic) => ('serviceName' in topic ? topic.serviceName : undefined),
    },
    {
      field: `${place}.environment`,
      rule: rules.environment,
      value: (topic) => ('environment' in topic ? topic.environment : undefined),
    },
    {
      field: `${place}.serviceId`,
      rule: rules.serviceId,
      value: (topic) => ('serviceId' in topic ? topic.serviceId : undefined),
    },
  ];
}

/**
 * Checks what a stream is asked for (spec 04 §1.2).
 *
 * @throws ServiceCenterError `invalidParameters`, with the field named
 */
export function checkStreamRequest(
  topics: readonly EventTopic[],
  position: string | undefined,
): void {
  if (topics.length === 0 || topics.length > maxEventTopics) {
    throw new ServiceCenterError(
      'invalidParameters',
      `field 'topics' must have 1 to ${maxEventTopics} elements, not ${topics.length}`,
    );
  }
  for (const [index, topic] of topics.entries()) check(topicChecks(`topics[${index}]`), topic);
  if (position !== undefined && !EventLog.isPosition(position)) {
    throw new ServiceCenterError(
      'invalidParameters',
      `field 'position' must be as an event stream gave it, such as 'log.17'`,
    );
  }
}
