import { expect, it } from 'vitest';

import { runCommand } from './support/command-run.ts';
import { etcdFlags } from './support/etcd-server.ts';

it('is refused cipher suites towards etcd of which it has none', async () => {
  const flags = [...etcdFlags('https://127.0.0.1:1'), '--set', 'ssl.client.ciphers=TLS_FOO,BAR'];
  const { code, out, error } = await runCommand([...flags, '--port', '0']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toMatch(
    /^service-center: ssl\.client\.ciphers \(flag --set ssl\.client\.ciphers\) is "TLS_FOO,BAR"; it must .*\n$/,
  );
});
