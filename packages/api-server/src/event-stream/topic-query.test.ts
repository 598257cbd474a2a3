import { describe, expect, it } from 'vitest';

import { Query } from '../request/query.ts';
import { readTopicQuery } from './topic-query.ts';

describe('the topics of a query', () => {
  it.each([
    ['', [{ kind: 'project' }]],
    ['position=a.1', [{ kind: 'project' }]],
    ['scope=domain', [{ kind: 'domain' }]],
    ['consumerId=c', [{ kind: 'consumer', serviceId: 'c' }]],
    [
      'serviceId=a&serviceId=b',
      [
        { kind: 'service', serviceId: 'a' },
        { kind: 'service', serviceId: 'b' },
      ],
    ],
    ['appId=a', [{ kind: 'app', appId: 'a' }]],
    ['appId=a&env=', [{ kind: 'app', appId: 'a', environment: '' }]],
    ['appId=a&serviceName=s', [{ kind: 'provider', appId: 'a', serviceName: 's' }]],
    [
      'appId=a&serviceName=s&env=testing',
      [{ kind: 'provider', appId: 'a', serviceName: 's', environment: 'testing' }],
    ],
  ])('%s', (text, topics) => {
    expect(readTopicQuery(new Query(text))).toEqual(topics);
  });

  it.each([
    ['consumerId=c&serviceId=s', 'consumerId and serviceId'],
    ['appId=a&scope=domain', 'appId and scope'],
    ['serviceName=s', 'serviceName needs appId'],
    ['serviceId=s&env=', 'env needs appId'],
    ['scope=project', "scope must be 'domain'"],
  ])('%s is refused', (text, detail) => {
    expect(() => readTopicQuery(new Query(text))).toThrow(detail);
  });
});
