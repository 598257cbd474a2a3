import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Compare, KvTransaction } from '@service-center/backend-kv';
import type { ITxnRequest } from 'etcd3';
import { expect, it } from 'vitest';

import type { TransactionAnswer } from '../codec/transaction.ts';
import { RpcError, type RpcFailure } from '../rpc/rpc-error.ts';
import { DeletionCauses } from '../watch/deletion-causes.ts';
import { GroupCommit } from './group-commit.ts';
import { groupLimits } from './transaction-group.ts';

/** A call that waits for its answer. */
interface Call {
  readonly request: ITxnRequest;
  readonly isRepeatable: boolean;
  readonly answer: PromiseWithResolvers<TransactionAnswer>;
}

/** A cluster whose answers the test gives. */
class Rig {
  readonly calls: Call[] = [];
  readonly asked: Promise<unknown>[] = [];
  readonly commits = new GroupCommit({
    transact: (request, { isRepeatable }) => {
      const answer = Promise.withResolvers<TransactionAnswer>();
      this.calls.push({ request, isRepeatable, answer });
      return answer.promise;
    },
    causes: new DeletionCauses(),
  });

  /** Commits; what became of each is told in order. */
  commit(...transactions: readonly KvTransaction[]): Promise<readonly unknown[]> {
    return Promise.all(
      transactions.map((transaction) =>
        this.commits.commit(transaction).catch((error: unknown) => error),
      ),
    );
  }

  /** Commits, whatever becomes of it. */
  ask(...transactions: readonly KvTransaction[]): void {
    this.asked.push(this.commit(...transactions));
  }

  /** The keys that each call puts, for nested transactions as a list of lists. */
  get sent(): readonly unknown[] {
    return this.calls.map(({ request }) => keysOf(request));
  }

  /** Answers a call; each nested transaction took the branch given for it, or the call itself did. */
  answer(index: number, revision: string, ...branches: readonly boolean[]): void {
    const nested = this.calls[index]?.request.success?.[0]?.request_txn !== undefined;
    const responses = branches.map((succeeded) => branchAnswer(succeeded));
    const succeeded = nested || branches[0] === true;
    this.calls[index]?.answer.resolve({
      header: { revision },
      succeeded,
      responses: nested ? responses : [],
    });
  }

  fail(index: number, failure: RpcFailure): void {
    this.calls[index]?.answer.reject(new RpcError(failure, failure));
  }
}

function branchAnswer(succeeded: boolean): TransactionAnswer['responses'][0] {
  const response_txn = { succeeded, responses: [] };
  return { response_range: null, response_delete_range: null, response_txn };
}

function keysOf({ success = [] }: ITxnRequest): readonly unknown[] {
  return success.map(({ request_txn: nested, request_put, request_range }) =>
    nested === undefined ? (request_put ?? request_range)?.key?.toString() : keysOf(nested),
  );
}

function isAbsent(key: string): Compare {
  return { key, target: 'createRevision', operator: 'equal', operand: 0n };
}

function put(key: string, options: Partial<KvTransaction> = {}): KvTransaction {
  return {
    compares: [],
    success: [{ kind: 'put', key, value: '' }],
    mayShareRevision: true,
    ...options,
  };
}

function readOnly(key: string): KvTransaction {
  return { compares: [], success: [{ kind: 'get', key }] };
}

it('sends what is asked for within a turn as one, each with its own compares', async () => {
  const rig = new Rig();
  const committing = rig.commit(put('a', { compares: [isAbsent('x')] }), put('b'));
  expect(rig.calls).toHaveLength(0);
  await nextTurn();
  expect(rig.sent).toEqual([[['a'], ['b']]]);
  expect(rig.calls[0]?.request.compare).toEqual([]);
  const nested = rig.calls[0]?.request.success?.map(({ request_txn }) => request_txn?.compare);
  expect(nested?.map((compares) => compares?.length)).toEqual([1, 0]);
  rig.answer(0, '7', false, true);

  expect(await committing).toEqual([
    { succeeded: false, revision: 7n, gets: [] },
    { succeeded: true, revision: 7n, gets: [] },
  ]);
  expect(rig.calls[0]?.isRepeatable).toBe(false);
});

it('declares what the transactions have to do with, for etcd to look at permissions and space', async () => {
  const rig = new Rig();
  const failure = [{ kind: 'put', key: 'f', value: 'large' }] as const;
  rig.ask(
    put('a', { compares: [isAbsent('x')], failure }),
    put('b', { compares: [isAbsent('x')], failure: [{ kind: 'get', key: 'y' }] }),
  );
  await nextTurn();
  const declared = rig.calls[0]?.request.failure ?? [];

  expect(declared.map((operation) => operation.request_range?.key?.toString())).toEqual([
    'x',
    'y',
    undefined,
    undefined,
    undefined,
  ]);
  expect(declared.map((operation) => operation.request_put?.key?.toString())).toEqual([
    undefined,
    undefined,
    'a',
    'f',
    'b',
  ]);
});

it('gathers over the microtasks of a turn, and not over the next turn', async () => {
  const rig = new Rig();
  rig.ask(put('a'));
  await Promise.resolve();
  rig.ask(put('b'));
  await nextTurn();
  rig.ask(put('c'));
  await nextTurn();

  expect(rig.sent).toEqual([[['a'], ['b']], ['c']]);
});

it('sends one by itself as it is', async () => {
  const rig = new Rig();
  const committing = rig.commit(put('a'));
  await nextTurn();
  expect(rig.sent).toEqual([['a']]);
  rig.answer(0, '7', true);

  expect(await committing).toEqual([{ succeeded: true, revision: 7n, gets: [] }]);
});

it('sends by itself what may not share, only reads, deletes or names prefixes', async () => {
  const rig = new Rig();
  rig.ask(
    { ...put('a'), mayShareRevision: false },
    readOnly('b'),
    put('c', { compares: [{ target: 'empty', prefix: 'p/' }] }),
    { compares: [], success: [{ kind: 'delete', key: 'd' }], mayShareRevision: true },
    put('e'),
    put('f'),
  );
  await nextTurn();

  expect(rig.sent).toEqual([['a'], ['b'], ['c'], [undefined], [['e'], ['f']]]);
  expect(rig.calls.map(({ isRepeatable }) => isRepeatable)).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
});

it('sends what conflicts after what was asked for before it', async () => {
  const rig = new Rig();
  rig.ask(
    put('a'),
    put('b'),
    put('c', { compares: [isAbsent('a')] }),
    put('d'),
    readOnly('other'),
    readOnly('d'),
    put('e'),
    put('f', { compares: [{ target: 'empty', prefix: 'p/' }] }),
  );
  await nextTurn();

  expect(rig.sent).toEqual([[['a'], ['b']], ['other'], [['c'], ['d']], ['d'], ['e'], ['f']]);
});

it('begins another group when one is full, and sends by itself what fits in none', async () => {
  const rig = new Rig();
  const many = Array.from({ length: groupLimits.transactions + 2 }, (_, index) => put(`k${index}`));
  const large = put('large', {
    success: [{ kind: 'put', key: 'large', value: 'x'.repeat(groupLimits.bytes) }],
  });
  rig.ask(...many, large, put('after'));
  await nextTurn();

  expect(rig.sent.map((keys) => (Array.isArray(keys) ? keys.length : 0))).toEqual([
    groupLimits.transactions,
    2,
    1,
    1,
  ]);
  expect(rig.sent.slice(2)).toEqual([['large'], ['after']]);
});

it.each(['notFound', 'refused'] as const)(
  'sends each by itself when all are refused (%s), so that only one fails',
  async (failure) => {
    const rig = new Rig();
    const committing = rig.commit(put('a'), put('b'), put('c'));
    await nextTurn();
    rig.fail(0, failure);
    await nextTurn();
    expect(rig.sent.slice(1)).toEqual([['a'], ['b'], ['c']]);
    rig.answer(1, '7', true);
    rig.fail(2, failure);
    rig.answer(3, '8', true);

    expect(await committing).toMatchObject([{ revision: 7n }, { failure }, { revision: 8n }]);
    expect(rig.calls).toHaveLength(4);
  },
);

it.each(['unavailable', 'timedOut', 'exhausted', 'unauthenticated'] as const)(
  'tells all of them, and sends nothing again, when it is not known to be refused for one (%s)',
  async (failure) => {
    const rig = new Rig();
    const committing = rig.commit(put('a'), put('b'));
    await nextTurn();
    rig.fail(0, failure);

    expect(await committing).toMatchObject([{ failure }, { failure }]);
    expect(rig.calls).toHaveLength(1);
  },
);

it('tells nobody of success whom the answer does not name', async () => {
  const rig = new Rig();
  const committing = rig.commit(put('a'), put('b'));
  await nextTurn();
  rig.answer(0, '7', true);

  expect(await committing).toMatchObject([{ succeeded: true }, { failure: 'unavailable' }]);
  expect(rig.calls).toHaveLength(1);
});

it('leaves nothing behind when it is closed', async () => {
  const rig = new Rig();
  const sent = rig.commit(put('a'), put('b'));
  await nextTurn();
  const gathered = rig.commit(put('c'), put('d'));
  rig.commits.close();
  expect(await gathered).toMatchObject([{ failure: 'unavailable' }, { failure: 'unavailable' }]);
  expect(await rig.commit(put('e'), readOnly('f'))).toMatchObject([
    { failure: 'unavailable' },
    { failure: 'unavailable' },
  ]);
  rig.fail(0, 'refused');
  expect(await sent).toMatchObject([{ failure: 'unavailable' }, { failure: 'unavailable' }]);
  await nextTurn();

  expect(rig.calls).toHaveLength(1);
});
