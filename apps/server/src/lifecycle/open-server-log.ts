import { resolve } from 'node:path';

import type { CommandEnvironment } from '../cli/command-environment.ts';
import { expandVariables, logKeys, type Configuration } from '../configuration/index.ts';
import { ServerLog } from '../logging/server-log.ts';
import { StartError } from './start-error.ts';

/**
 * Opens the log that the configuration describes.
 *
 * @param fields - what every line carries
 * @throws StartError when its file cannot be opened
 */
export async function openServerLog(
  configuration: Configuration,
  environment: CommandEnvironment,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<ServerLog> {
  const file = expandVariables(configuration.get(logKeys.file), environment.variables);
  try {
    return await ServerLog.open({
      level: configuration.get(logKeys.level),
      format: configuration.get(logKeys.format),
      file: file === '' ? undefined : resolve(configuration.root, file),
      isTerminal: environment.isErrorTerminal,
      fields,
    });
  } catch (cause) {
    throw new StartError(
      `log file (${configuration.originOf(logKeys.file)}): ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
