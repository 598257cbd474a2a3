import { JsonShapeError } from '@service-center/sdcommon';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { seededRandom } from '../../crash/seeded-random.ts';
import { IdealLog } from '../checker/ideal-log.ts';
import { formatPushLog, parsePushLog } from './push-log-text.ts';

it('a log is read as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const log = IdealLog.of(seededRandom(seed));
      expect(parsePushLog(formatPushLog(log))).toEqual(log);
    }),
    { numRuns: 30 },
  );
});

it.each(['{"type":"rumour"}', '{"type":"received","connection":1}', 'no JSON'])(
  'a line such as %s is refused',
  (line) => {
    expect(() => parsePushLog(line)).toThrow(JsonShapeError);
  },
);
