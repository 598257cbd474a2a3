import { describe, expect, it } from 'vitest';

import type { EventTopic } from '../model/event-topic.ts';
import { ServiceCenterError } from '../model/service-center-error.ts';
import { readSubscribeRequest } from './subscribe-request-codec.ts';

describe('a subscribe request', () => {
  it('is read with every kind of topic', () => {
    const topics: readonly EventTopic[] = [
      { kind: 'domain' },
      { kind: 'project' },
      { kind: 'app', appId: 'shop' },
      { kind: 'app', appId: 'shop', environment: '' },
      { kind: 'provider', appId: 'shop', serviceName: 'cart', environment: 'production' },
      { kind: 'service', serviceId: '1' },
      { kind: 'consumer', serviceId: '2' },
    ];

    expect(readSubscribeRequest({ topics, position: 'log.7' })).toEqual({
      topics,
      position: 'log.7',
    });
    expect(readSubscribeRequest({ topics: topics.slice(0, 1) })).toEqual({
      topics: [{ kind: 'domain' }],
    });
  });

  it.each([
    [undefined, 'must be an object'],
    ['project', 'must be an object'],
    [{}, "field 'topics' must have 1 to 100 elements"],
    [{ topics: [] }, "field 'topics' must have 1 to 100 elements"],
    [{ topics: Array.from({ length: 101 }, () => ({ kind: 'domain' })) }, 'must have 1 to 100'],
    [{ topics: [{ kind: 'instance' }] }, "field 'topics' must each be of a kind among domain"],
    [{ topics: [{ kind: 'app', appId: 7 }] }, "field 'topics[0].appId' must be a string"],
    [{ topics: [{ kind: 'app', appId: 'a', environment: [] }] }, "field 'topics[0].environment'"],
    [{ topics: [{ kind: 'domain' }], position: 7 }, "field 'position' must be a string"],
  ])('is refused when it is %j', (value, problem) => {
    expect(() => readSubscribeRequest(value)).toThrow(ServiceCenterError);
    expect(() => readSubscribeRequest(value)).toThrow(problem);
  });
});
