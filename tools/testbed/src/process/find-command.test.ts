import { afterEach, expect, it, vi } from 'vitest';

import { findCommand } from './find-command.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('finds a program on the PATH', async () => {
  vi.stubEnv('PATH', '/no/such/directory:/usr/bin:/bin');
  expect(await findCommand('sh', 'dash')).toMatch(/^(\/usr)?\/bin\/sh$/);
});

it('says what to install when a program is missing', async () => {
  vi.stubEnv('PATH', '/no/such/directory');
  await expect(findCommand('etcd', 'etcd-server')).rejects.toThrow(
    'etcd is not on the PATH; on Debian and Ubuntu: apt-get install etcd-server',
  );
});
