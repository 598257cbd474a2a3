import type { AnyConfigurationKey } from '../configuration-key.ts';
import type { KeyTable } from '../key-table.ts';
import type { Environment } from '../placeholders.ts';
import { toSetting, type Setting } from '../setting.ts';

/**
 * Reads settings from environment variables: the key's variable first, then its names with `_` for `.`
 * (`gov_kie_endpoint`). Other variables are none of our business (spec 05 §6.1).
 */
export function readEnvironment(table: KeyTable, environment: Environment): Setting[] {
  return table.keys.flatMap((key) => {
    for (const variable of variablesOf(key)) {
      const setting = toSetting(
        { key },
        environment[variable] ?? '',
        `environment variable ${variable}`,
      );
      if (setting !== undefined) return [setting];
    }
    return [];
  });
}

function variablesOf(key: AnyConfigurationKey): string[] {
  return [key.environment, ...key.names.map((name) => name.replaceAll('.', '_'))];
}
