import type { KvRecord, KvTransaction } from '@service-center/backend-kv';
import { expect, it } from 'vitest';

import { DeletionCauses } from './deletion-causes.ts';

function record(key: string, lease: bigint): KvRecord {
  return { key, value: '', createRevision: 1n, modRevision: 1n, version: 1n, lease };
}

const leased = record('i/1', 7n);

const deletion: KvTransaction = {
  compares: [],
  success: [{ kind: 'deletePrefix', prefix: 'i/' }],
};

it('tells that a key without a lease was deleted by somebody', () => {
  expect(new DeletionCauses().causeOf('s/1', 9n, record('s/1', 0n))).toBe('delete');
});

it('cannot tell what others did to a lease', () => {
  const causes = new DeletionCauses();
  causes.revoking(8n);

  expect(causes.causeOf('i/1', 9n, leased)).toBe('unknown');
  expect(causes.causeOf('i/1', 9n, undefined)).toBe('unknown');
});

it('knows its own revocations, before they are answered and after', () => {
  const causes = new DeletionCauses();
  causes.revoking(7n);

  expect(causes.causeOf('i/1', 9n, leased)).toBe('unregister');
  causes.notRevoked(7n);
  expect(causes.causeOf('i/1', 9n, leased)).toBe('unknown');
});

it('knows its own deletions, before they are answered and after', () => {
  const causes = new DeletionCauses();
  causes.committing(deletion);
  expect(causes.causeOf('i/1', 9n, leased)).toBe('delete');
  expect(causes.causeOf('j/1', 9n, record('j/1', 7n))).toBe('unknown');
  causes.committed(deletion, 9n);

  expect(causes.causeOf('i/1', 9n, leased)).toBe('delete');
  expect(causes.causeOf('i/1', 10n, leased)).toBe('unknown');
});

it('does not claim what its transaction found gone', () => {
  const causes = new DeletionCauses();
  causes.committing(deletion);
  causes.committed(deletion, undefined);

  expect(causes.causeOf('i/1', 9n, leased)).toBe('unknown');
});

it('forgets the oldest first', () => {
  const causes = new DeletionCauses();
  for (let lease = 1n; lease <= 10_001n; lease++) causes.revoking(lease);

  expect(causes.causeOf('a', 9n, record('a', 1n))).toBe('unknown');
  expect(causes.causeOf('a', 9n, record('a', 2n))).toBe('unregister');
});
