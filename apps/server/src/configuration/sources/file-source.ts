import { readFileSync } from 'node:fs';

import { ConfigurationError } from '../configuration-error.ts';
import type { KeyTable } from '../key-table.ts';
import type { Environment } from '../placeholders.ts';
import type { Setting } from '../setting.ts';
import { readAppConf } from './app-conf-source.ts';
import { readYaml } from './yaml-source.ts';

/** Far above any configuration; what is larger was given by mistake. */
const maxFileBytes = 1_048_576;

/** What a file says, by the names that are in it. */
export interface FileSettings {
  readonly settings: readonly Setting[];
  /** An `app.conf` gives way to every other file, whatever the order (spec 05 §6.1). */
  readonly isLegacy: boolean;
}

/**
 * Reads a configuration file: `*.conf` in the form of the registry's old `app.conf`, anything else as YAML.
 *
 * @throws ConfigurationError when it cannot be read or parsed, or has an unknown key
 */
export function readConfigurationFile(
  path: string,
  table: KeyTable,
  environment: Environment,
): FileSettings {
  const content = readText(path);
  if (path.endsWith('.conf')) {
    return { settings: readAppConf(content, path, table, environment), isLegacy: true };
  }
  return { settings: readYaml(content, path, table, environment), isLegacy: false };
}

function readText(path: string): string {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (cause) {
    throw new ConfigurationError(
      `configuration file ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  if (content.length > maxFileBytes) {
    throw new ConfigurationError(
      `configuration file ${path} has ${content.length} bytes; it must have at most ${maxFileBytes}`,
    );
  }
  return content.toString('utf8');
}
