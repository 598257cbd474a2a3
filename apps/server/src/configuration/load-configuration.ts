import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Configuration, defaultOrigin, type EffectiveSetting } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { AnyConfigurationKey } from './configuration-key.ts';
import { KeyTable } from './key-table.ts';
import type { Environment } from './placeholders.ts';
import type { Setting } from './setting.ts';
import { readEnvironment } from './sources/environment-source.ts';
import { readConfigurationFile } from './sources/file-source.ts';
import { readFlags, type ConfigurationFlags } from './sources/flag-source.ts';

/** Where a configuration comes from. */
export interface ConfigurationSources {
  readonly flags: ConfigurationFlags;
  readonly environment: Environment;
  /** Files to read, later ones over earlier ones. Default: those of `conf` under the root that exist. */
  readonly files?: readonly string[];
  readonly workingDirectory: string;
}

/** The files that are read from `conf` under the root when none is named. */
const standardFiles = ['app.conf', 'app.yaml', 'syncer.yaml'] as const;

/**
 * Puts the configuration together: flags, over environment variables, over YAML files, over `app.conf`, over defaults
 * (spec 05 §6.1).
 *
 * @throws ConfigurationError naming the first thing that is wrong: a file, an unknown key, or a value and its rule
 */
export function loadConfiguration(
  sources: ConfigurationSources,
  table: KeyTable = new KeyTable(),
): Configuration {
  const { environment, workingDirectory } = sources;
  const root = resolve(workingDirectory, environment['APP_ROOT'] ?? '');
  const paths =
    sources.files?.map((file) => resolve(workingDirectory, file)) ??
    standardFiles.map((name) => join(root, 'conf', name)).filter((path) => existsSync(path));
  const files = paths.map((path) => readConfigurationFile(path, table, environment));
  const settingsOf = (isLegacy: boolean): Setting[] =>
    files.filter((file) => file.isLegacy === isLegacy).flatMap((file) => file.settings);

  // From weak to strong, so that the last one counts.
  const byKey = Map.groupBy(
    [
      ...settingsOf(true),
      ...settingsOf(false),
      ...readEnvironment(table, environment),
      ...readFlags(sources.flags, table),
    ],
    (setting) => setting.key,
  );
  return new Configuration(
    root,
    table.keys.map((key) => decide(key, byKey.get(key) ?? [])),
  );
}

/** Merges what the sources say about one key, and validates it. */
function decide(key: AnyConfigurationKey, settings: readonly Setting[]): EffectiveSetting {
  for (const setting of settings) {
    if (setting.member === undefined && key.parse(setting.text) === undefined) {
      throw new ConfigurationError(
        `${key.name} (${setting.origin}) is ${JSON.stringify(key.show(setting.text))}; it must be ${key.type.rule}`,
      );
    }
  }
  const lastWhole = settings.findLastIndex((setting) => setting.member === undefined);
  const whole = settings[lastWhole] ?? { text: key.default, origin: defaultOrigin };
  const members = settings.slice(lastWhole + 1);
  if (members.length === 0) return { key, text: whole.text, origin: whole.origin };
  return {
    key,
    text: withMembers(whole.text, members),
    origin: [...new Set(members.map((setting) => setting.origin))].join(', '),
  };
}

function withMembers(mapping: string, members: readonly Setting[]): string {
  const base: unknown = JSON.parse(mapping);
  return JSON.stringify({
    ...(typeof base === 'object' ? base : {}),
    ...Object.fromEntries(members.map(({ member = '', text }) => [member, text])),
  });
}
