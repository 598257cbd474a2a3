import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';

import { RpcError } from './rpc-error.ts';

function errorOf(code: number): RpcError {
  return RpcError.from('a:1', Object.assign(new Error('failed'), { code }));
}

it.each([status.INVALID_ARGUMENT, status.NOT_FOUND, status.PERMISSION_DENIED])(
  'blames the request for code %i, and nothing was written',
  (code) => {
    expect(errorOf(code).isOfRequest).toBe(true);
    expect(errorOf(code).isOfEndpoint).toBe(false);
  },
);

it.each([
  status.UNAVAILABLE,
  status.UNKNOWN,
  status.INTERNAL,
  status.CANCELLED,
  status.ABORTED,
  status.UNIMPLEMENTED,
  status.DATA_LOSS,
  Number.NaN,
])('blames the endpoint for code %i, and something may have been written', (code) => {
  expect(errorOf(code).isOfRequest).toBe(false);
  expect(errorOf(code).isOfEndpoint).toBe(true);
});

it('blames neither where nobody can tell whether something was written', () => {
  const error = errorOf(status.RESOURCE_EXHAUSTED);

  expect([error.failure, error.isOfRequest, error.isOfEndpoint]).toEqual([
    'exhausted',
    false,
    false,
  ]);
});
