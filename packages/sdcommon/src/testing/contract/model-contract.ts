import * as fc from 'fast-check';
import { describe, it, expect } from 'vitest';

import { BackendFixture } from './backend-fixture.ts';
import type { BackendHarness } from './backend-harness.ts';
import { RegistryModel } from './model/registry-model.ts';
import { ScriptRun } from './model/script-run.ts';
import { scriptSteps } from './model/script-steps.ts';

/**
 * Random scripts of writes, expiries, compactions, restarts and lost sessions: what each call answers, what is listed
 * and what the feed folds to is what a simple model says (spec 03 §12.7 I1, I2, I3, I6, I9).
 */
export function describeModel(harness: BackendHarness): void {
  describe('a random script', () => {
    it('leaves the backend, its feed and a model of one mind', async ({ signal }) => {
      const { scriptRuns } = harness.features;
      const scripts = fc.commands(scriptSteps(harness.features), { maxCommands: 60, size: 'max' });
      let finished = 0;
      const property = fc.asyncProperty(scripts, async (steps) => {
        const store = await BackendFixture.open(harness, signal);
        const script = await ScriptRun.start(store);
        try {
          const model = new RegistryModel();
          await fc.asyncModelRun(() => ({ model, real: script }), steps);
          await script.compare(model);
          await store.verify();
          finished++;
        } finally {
          script.stop();
          await store.dispose();
        }
      });
      await fc.assert(property, { numRuns: scriptRuns });

      expect(finished).toBe(scriptRuns);
    });
  });
}
