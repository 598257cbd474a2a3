import { join } from 'node:path';

import { silentLogger, SystemClock } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import { loadConfiguration } from '../src/configuration/index.ts';
import { ServiceCenter, type ServiceCenterOptions } from '../src/lifecycle/service-center.ts';
import { useTemporaryDirectory } from './support/temporary-directory.ts';

const directory = useTemporaryDirectory();

function optionsWith(signal: AbortSignal): ServiceCenterOptions {
  return {
    configuration: loadConfiguration({
      flags: { port: '0', dataDir: join(directory(), 'data') },
      environment: {},
      files: [],
      workingDirectory: directory(),
    }),
    clock: new SystemClock(),
    logger: silentLogger,
    version: '1.2.3',
    signal,
  };
}

it('lets go of everything, so that the next start finds the directory free', async () => {
  const reason = new Error('changed my mind');
  await expect(ServiceCenter.start(optionsWith(AbortSignal.abort(reason)))).rejects.toBe(reason);
  const server = await ServiceCenter.start(optionsWith(new AbortController().signal));
  expect(server.address.port).toBeGreaterThan(0);
  await Promise.all([server.stop(), server.stop()]);
  const again = await ServiceCenter.start(optionsWith(new AbortController().signal));
  await again.stop();
});
