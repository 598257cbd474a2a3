import { Configuration, KeyTable, type EffectiveSetting } from '../configuration/index.ts';
import type { StartMessage } from './messages.ts';

/** A configuration in the form in which a worker gets it. */
export type TransferredConfiguration = Pick<StartMessage, 'root' | 'settings'>;

/**
 * Makes a configuration ready for a worker. Each gets what the primary has read, so a worker that is started again
 * after a file was changed runs with what the others run with.
 */
export function transferConfiguration(configuration: Configuration): TransferredConfiguration {
  return {
    root: configuration.root,
    settings: configuration.settings.map(({ key, text, origin }) => ({
      name: key.name,
      text,
      origin,
    })),
  };
}

/** The configuration that {@link transferConfiguration} was given. @throws Error for a name that is no key's */
export function restoreConfiguration(transferred: TransferredConfiguration): Configuration {
  const table = new KeyTable();
  const settings = transferred.settings.map(({ name, text, origin }): EffectiveSetting => {
    const key = table.resolve(name)?.key;
    if (key === undefined) throw new Error(`${name} is no configuration key`);
    return { key, text, origin };
  });
  return new Configuration(transferred.root, settings);
}
