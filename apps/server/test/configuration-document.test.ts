import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { renderConfigurationDocument } from '../scripts/configuration-document.ts';

it('is what the table of keys says; otherwise run the script `document` of this package', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
  expect(written).toBe(renderConfigurationDocument());
});
