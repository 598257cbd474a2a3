import { resolve } from 'node:path';

import type { Command } from 'commander';

import type { ConfigurationSources } from '../configuration/index.ts';
import type { CommandEnvironment } from './command-environment.ts';

/** The flags of the command line, as they are parsed. */
export interface ProgramOptions {
  readonly dataDir?: string;
  readonly config?: readonly string[];
  readonly set?: readonly string[];
  readonly host?: string;
  readonly port?: string;
  readonly printConfig?: true;
}

/** Adds the flags of the command line. */
export function addProgramFlags(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'data directory (registry.embedded.dir)')
    .option('--config <file>', 'configuration file; later ones win', append)
    .option('--set <key=value>', 'any configuration key', append)
    .option('--host <host>', 'address to listen on (server.host)')
    .option('--port <port>', 'port to listen on, 0 for a free one (server.port)')
    .option('--print-config', 'show every configuration value with its source, and end');
}

/** Where the configuration comes from, given the flags. */
export function readSources(
  options: ProgramOptions,
  environment: CommandEnvironment,
): ConfigurationSources {
  const { dataDir, config, set, host, port } = options;
  return {
    flags: {
      ...(dataDir !== undefined && { dataDir: resolve(environment.workingDirectory, dataDir) }),
      ...(set !== undefined && { set }),
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
    },
    ...(config !== undefined && { files: config }),
    environment: environment.variables,
    workingDirectory: environment.workingDirectory,
  };
}

function append(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
