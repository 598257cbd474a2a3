import { EmbeddedKvStore, StoreOpenError } from '@service-center/backend-embedded';
import { silentLogger, SystemClock } from '@service-center/sdcommon';

// Opens the directory that the first argument names and closes it again. Exit code 3: it was refused.
try {
  const store = await EmbeddedKvStore.open({
    directory: process.argv[2] ?? '',
    clock: new SystemClock(),
    logger: silentLogger,
  });
  await store.close();
} catch (error) {
  if (!(error instanceof StoreOpenError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 3;
}
