import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach } from 'vitest';

/** Gives each test a directory of its own, and takes it away afterwards. @returns its path, to be called in a test */
export function useTemporaryDirectory(): () => string {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'server-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  return () => directory;
}
