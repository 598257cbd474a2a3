import { silentLogger } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import { RpcError } from '../rpc/rpc-error.ts';
import { UserToken } from './user-token.ts';

class Rig {
  asked = 0;
  failure: RpcError | undefined;
  readonly token = new UserToken({
    user: { name: 'registry', password: 'p' },
    authenticate: async () => {
      this.asked++;
      if (this.failure !== undefined) throw this.failure;
      return `token ${this.asked}`;
    },
    logger: silentLogger,
  });
}

it('is asked for once by many calls', async () => {
  const rig = new Rig();

  expect(await Promise.all([rig.token.get(), rig.token.get()])).toEqual(['token 1', 'token 1']);
  expect(await rig.token.get()).toBe('token 1');
  expect(rig.asked).toBe(1);
});

it('is asked for again once, however many calls it was refused to', async () => {
  const rig = new Rig();
  const old = await rig.token.get();
  await rig.token.refuse(old);
  const next = await rig.token.get();
  await rig.token.refuse(old);

  expect(next).toBe('token 2');
  expect(await rig.token.get()).toBe('token 2');
  expect(rig.asked).toBe(2);
});

it('is asked for again after a failure', async () => {
  const rig = new Rig();
  rig.failure = new RpcError('unavailable', 'away');
  await expect(rig.token.get()).rejects.toBe(rig.failure);
  rig.failure = undefined;

  expect(await rig.token.get()).toBe('token 2');
});

it('is none where there is no access control', async () => {
  const rig = new Rig();
  rig.failure = new RpcError('precondition', 'authentication is not enabled');

  expect(await rig.token.get()).toBeUndefined();
  expect(await rig.token.get()).toBeUndefined();
  expect(rig.asked).toBe(1);
});
