import { describe, expect, it } from 'vitest';

import { defaultTenant } from '../../model/tenant.ts';
import type { Change } from '../../source/change.ts';
import type { ListResult, ListWatchResponse } from '../../source/list-watch.ts';
import type { ResourceType } from '../../source/resource.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import { instanceDraft } from '../scripted/resource-draft.ts';
import { FeedFold, FeedViolation } from './feed-fold.ts';

const draft = instanceDraft(defaultTenant, sampleInstance());
const empty: ListResult<ResourceType> = { position: at(10n), resources: [], unreadable: [] };

describe('FeedFold', () => {
  it('accepts a history that is possible', () => {
    const fold = new FeedFold(empty);
    fold.apply(response(11n, put(11n, 11n, 1n)));
    fold.apply(response(12n));
    fold.apply(response(12n));
    fold.apply(response(14n, put(11n, 13n, 2n), remove(14n, 13n)));
    fold.apply(response(15n, put(15n, 15n, 1n)));
    fold.apply(response(16n, spoiled(16n)));
    fold.apply(response(17n, put(15n, 17n, 3n)));

    expect(fold.list()).toMatchObject({
      position: { order: 17n },
      resources: [{ modRevision: 17n }],
      unreadable: [],
    });
  });

  it.each([
    ['a repetition', [response(11n, put(11n, 11n, 1n)), response(11n, put(11n, 11n, 1n))]],
    ['an old change at a new position', [response(12n), response(13n, put(11n, 11n, 1n))]],
    ['a change beyond its position', [response(11n, put(12n, 12n, 1n))]],
    ['changes out of order', [response(13n, put(12n, 12n, 1n), remove(11n, 12n))]],
    ['a position that goes back', [response(12n), response(11n)]],
    ['another epoch', [{ changes: [], position: { ...at(11n), epoch: 'other' } }]],
    ['a change that was not seen created', [response(11n, put(9n, 11n, 2n))]],
    ['a missing change', [response(11n, put(11n, 11n, 1n)), response(13n, put(11n, 13n, 3n))]],
    ['a missing deletion', [response(11n, put(11n, 11n, 1n)), response(13n, put(13n, 13n, 1n))]],
    ['a deletion of nothing', [response(11n, remove(11n, 9n))]],
    ['a deletion of an old value', [response(12n, put(11n, 11n, 1n), remove(12n, 9n))]],
    ['a deletion without a value', [response(12n, put(11n, 11n, 1n), remove(12n, undefined))]],
  ])('refuses %s', (_what, responses) => {
    const fold = new FeedFold(empty);

    expect(() => {
      for (const shown of responses) fold.apply(shown);
    }).toThrow(FeedViolation);
  });
});

function at(order: bigint): ListResult<ResourceType>['position'] {
  return { order, epoch: 'one', resume: '' };
}

function response(order: bigint, ...changes: readonly Change[]): ListWatchResponse<ResourceType> {
  return { changes, position: at(order) };
}

function put(createRevision: bigint, modRevision: bigint, version: bigint): Change {
  const resource = { ...draft, createRevision, modRevision, version };
  return { action: 'put', type: 'INSTANCE', resource };
}

function remove(revision: bigint, previousRevision: bigint | undefined): Change {
  const { key, identity } = draft;
  const previous =
    previousRevision === undefined
      ? undefined
      : { ...draft, createRevision: 1n, modRevision: previousRevision, version: 1n };
  return { action: 'delete', type: 'INSTANCE', key, identity, revision, previous, cause: 'expire' };
}

function spoiled(revision: bigint): Change {
  return { action: 'unreadable', type: 'INSTANCE', key: draft.key, revision, reason: 'no JSON' };
}
