import { describe, expect } from 'vitest';

import type { BackendTest } from './backend-fixture.ts';

/** The version of the servers on a store (spec 02 §1.7). */
export function describeServerRecord(it: BackendTest): void {
  describe('server record', () => {
    it('is stored first, then raised, never lowered', async ({ store }) => {
      const { serverRecord } = store.backend;
      const environment = 'production';

      for (const [version, stored] of [
        ['2.9.0', '2.9.0'],
        ['2.9.0', '2.9.0'],
        ['2.10.0', '2.10.0'],
        ['2.9.1', '2.10.0'],
        ['10.0.0', '10.0.0'],
      ] as const) {
        expect(await serverRecord.raise({ version, environment })).toEqual({
          version: stored,
          environment,
        });
      }
    });

    it('keeps the environment it was stored with', async ({ store }) => {
      const { serverRecord } = store.backend;
      await serverRecord.raise({ version: '1.0.0', environment: 'development' });

      expect(await serverRecord.raise({ version: '1.0.0', environment: 'production' })).toEqual({
        version: '1.0.0',
        environment: 'development',
      });
    });

    it('is the highest one after several servers start at once', async ({ store }) => {
      const { serverRecord } = store.backend;
      await Promise.all(
        ['1.0.0', '1.2.0', '1.1.0'].map((version) =>
          serverRecord.raise({ version, environment: 'production' }),
        ),
      );

      expect(await serverRecord.raise({ version: '0.0.1', environment: 'production' })).toEqual({
        version: '1.2.0',
        environment: 'production',
      });
    });
  });
}
