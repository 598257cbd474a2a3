import { ServiceCenterError } from '@service-center/sdcommon';
import { Command, CommanderError } from 'commander';

import {
  type Configuration,
  ConfigurationError,
  loadConfiguration,
  printConfiguration,
} from '../configuration/index.ts';
import { serve } from '../lifecycle/serve.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { runBackup, runRestore } from './backup-commands.ts';
import type { CommandEnvironment } from './command-environment.ts';
import { addProgramFlags, readSources, type ProgramOptions } from './program-flags.ts';
import { readProductVersion } from './product-version.ts';

const wrongUsage = 2;

/**
 * Runs the command that the arguments name: the server when they name none.
 *
 * @param commandLine - the arguments after the program's name
 * @returns the exit code: 0, 1 for what does not run, 2 for a command line or a configuration that is wrong
 */
export async function run(
  commandLine: readonly string[],
  environment: CommandEnvironment,
): Promise<number> {
  try {
    return await parseAndRun(commandLine, environment);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
    if (error instanceof ConfigurationError || error instanceof StartError) {
      environment.writeError(`service-center: ${error.message}\n`);
      return error instanceof ConfigurationError ? wrongUsage : 1;
    }
    if (ServiceCenterError.is(error)) {
      environment.writeError(`service-center: ${error.code} ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

async function parseAndRun(
  commandLine: readonly string[],
  environment: CommandEnvironment,
): Promise<number> {
  const version = readProductVersion();
  let exitCode = 0;
  const program = new Command('service-center')
    .description('A service registry, wire compatible with Apache ServiceComb Service-Center.')
    .version(`service-center ${version}`, '--version', 'show the version')
    .helpOption('--help', 'show this help')
    .exitOverride()
    .configureOutput({
      writeOut: environment.writeOut,
      writeErr: environment.writeError,
      outputError: (message, write) => {
        write(message.replace(/^error: /, 'service-center: '));
      },
    });
  // The flags are the program's, so they count before and after the name of a command.
  addProgramFlags(program)
    .configureHelp({ showGlobalOptions: true })
    .action(async () => {
      const options = program.opts<ProgramOptions>();
      const configuration = loadConfiguration(readSources(options, environment));
      if (options.printConfig === true) environment.writeOut(printConfiguration(configuration));
      else exitCode = await serve(configuration, version, environment);
    });
  const configured = (): Configuration =>
    loadConfiguration(readSources(program.opts<ProgramOptions>(), environment));
  program
    .command('backup')
    .description('copy the data, of a running server or of a stopped one, into a new directory')
    .argument('<directory>', 'where the copy goes: a directory that is missing or empty')
    .action((directory: string) => runBackup(directory, configured(), environment));
  program
    .command('restore')
    .description('make a data directory from a backup')
    .argument('<backup>', 'the directory that the backup went to')
    .action((backup: string) => runRestore(backup, configured(), environment));
  await program.parseAsync(commandLine, { from: 'user' });
  return exitCode;
}
