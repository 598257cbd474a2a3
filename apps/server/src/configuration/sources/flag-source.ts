import { ConfigurationError } from '../configuration-error.ts';
import type { KeyTable } from '../key-table.ts';
import { registryKeys, serverKeys } from '../keys/index.ts';
import { toSetting, type Setting } from '../setting.ts';

/** What the command line says about the configuration. */
export interface ConfigurationFlags {
  readonly host?: string;
  readonly port?: string;
  /** An absolute path. */
  readonly dataDir?: string;
  /** `key=value`, in the order given. */
  readonly set?: readonly string[];
}

/**
 * Reads settings from the command line. A flag of its own beats `--set`, and a later `--set` an earlier one.
 *
 * @throws ConfigurationError when a `--set` has no `=`, or an unknown key
 */
export function readFlags(flags: ConfigurationFlags, table: KeyTable): Setting[] {
  const settings = (flags.set ?? []).map((assignment) => {
    const equals = assignment.indexOf('=');
    if (equals <= 0) {
      throw new ConfigurationError(`--set ${assignment} must have the form key=value`);
    }
    const name = assignment.slice(0, equals).trim();
    const target = table.resolve(name);
    if (target === undefined) {
      throw new ConfigurationError(
        `unknown configuration key ${name} in --set; the nearest known key is ${table.nearest(name)}`,
      );
    }
    return toSetting(target, assignment.slice(equals + 1), `flag --set ${name}`);
  });
  settings.push(
    toSetting({ key: serverKeys.host }, flags.host ?? '', 'flag --host'),
    toSetting({ key: serverKeys.port }, flags.port ?? '', 'flag --port'),
    toSetting({ key: registryKeys.embeddedDirectory }, flags.dataDir ?? '', 'flag --data-dir'),
  );
  return settings.filter((setting) => setting !== undefined);
}
