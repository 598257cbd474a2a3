import { EmbeddedKvStore } from '@service-center/backend-embedded';
import { silentLogger, SystemClock } from '@service-center/sdcommon';

// Writes pairs of keys into the directory that the first argument names, many at once, and prints the number of each
// pair that was acknowledged. Ends only by being killed. The second argument is the first number to use, the
// third one whether writes are synced: `full` or `off`.
const store = await EmbeddedKvStore.open({
  directory: process.argv[2] ?? '',
  clock: new SystemClock(),
  logger: silentLogger,
  synchronous: process.argv[4] === 'off' ? 'off' : 'full',
});
let next = Number(process.argv[3]);
process.stdout.write('open\n');
await Promise.all(
  Array.from({ length: 20 }, async () => {
    for (;;) {
      const number = next++;
      const value = `${number}`.padEnd(number % 500, '.');
      await store.commit({
        compares: [{ key: `/left/${number}`, target: 'version', operator: 'equal', operand: 0n }],
        success: [
          { kind: 'put', key: `/left/${number}`, value },
          { kind: 'put', key: `/right/${number}`, value },
          { kind: 'put', key: '/latest', value },
        ],
      });
      process.stdout.write(`${number}\n`);
    }
  }),
);
