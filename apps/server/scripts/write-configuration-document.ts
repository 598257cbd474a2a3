import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { renderConfigurationDocument } from './configuration-document.ts';

writeFileSync(
  join(import.meta.dirname, '../../../docs/configuration.md'),
  renderConfigurationDocument(),
);
