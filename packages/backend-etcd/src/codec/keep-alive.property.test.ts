import fc from 'fast-check';
import { expect, it } from 'vitest';

import { loadRpcMethods } from '../rpc/rpc-method.ts';
import { KeepAliveDecoder, type KeepAliveAnswer } from './keep-alive-decoder.ts';
import { encodeKeepAliveRequests } from './keep-alive-request.ts';

const id = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n),
);

/** The answer's bytes; what is 0 is left out, as the server does. */
function messageOf({ id: lease, ttlSeconds }: KeepAliveAnswer): Buffer {
  const header = Buffer.from([0x0a, 3, 0x18, 0x96, 0x01]);
  const unknown = Buffer.from([0x25, 1, 2, 3, 4, 0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x30, 0xff, 1]);
  const fields = [header, fieldOf(2, lease), fieldOf(3, BigInt(ttlSeconds)), unknown];
  const message = Buffer.concat(fields);
  const prefix = Buffer.from([0, 0, 0, 0, message.length]);
  return Buffer.concat([prefix, message]);
}

/** Field 1 of a request is that of an answer with another number. */
function fieldOf(field: number, value: bigint): Buffer {
  if (value === 0n) return Buffer.alloc(0);
  const bytes = Buffer.from(encodeKeepAliveRequests([value]).subarray(5));
  bytes[0] = field << 3;
  return bytes;
}

it('writes requests as etcd reads them', () => {
  // The generated code of etcd3 knows the message of the same form that revokes a lease.
  const { requestSerialize } = loadRpcMethods().revokeLease;
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      const messages = ids.map((one) => {
        const message = requestSerialize({ ID: String(one) });
        return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
      });
      expect(encodeKeepAliveRequests(ids)).toEqual(Buffer.concat(messages));
    }),
  );
});

it('reads the same answers however they are cut', () => {
  const answer = fc.record({ id, ttlSeconds: fc.nat(9_000_000_000) });
  fc.assert(
    fc.property(fc.array(answer), fc.array(fc.integer({ min: 1, max: 70 })), (answers, cuts) => {
      const bytes = Buffer.concat(answers.map(messageOf));
      const read: KeepAliveAnswer[] = [];
      const decoder = new KeepAliveDecoder((one) => {
        read.push(one);
      });
      let at = 0;
      for (const cut of cuts) {
        decoder.read(bytes.subarray(at, at + cut));
        at += cut;
      }
      decoder.read(bytes.subarray(at));
      expect(read).toEqual(answers);
    }),
  );
});

it.each([
  ['is compressed', [1, 0, 0, 0, 0]],
  ['claims to be long', [0, 0, 0, 0x10, 0x01]],
  ['ends within a number', [0, 0, 0, 0, 2, 0x10, 0x80]],
  ['ends within a field', [0, 0, 0, 0, 2, 0x0a, 0x05]],
  ['has a field of an unknown type', [0, 0, 0, 0, 2, 0x13, 0x05]],
  ['has a number of more than 64 bits', [0, 0, 0, 0, 12, 0x10, ...Array<number>(11).fill(0xff)]],
])('refuses an answer that %s', (_, bytes) => {
  const decoder = new KeepAliveDecoder(() => {
    throw new Error('that is no answer');
  });
  expect(() => {
    decoder.read(Buffer.from(bytes));
  }).toThrow(RangeError);
});
