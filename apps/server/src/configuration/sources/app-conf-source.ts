import { ConfigurationError } from '../configuration-error.ts';
import type { KeyTable } from '../key-table.ts';
import { expandPlaceholders, type Environment } from '../placeholders.ts';
import { toSetting, type Setting } from '../setting.ts';

const sectionLine = /^\[([^\]]*)\]$/;
const valueLine = /^([^=]+)=(.*)$/;
const runMode = 'runmode';

/**
 * Reads settings from an `app.conf`: `name = value` lines, of which those in a section count when the section is
 * the one that `runmode` names (spec 05 §6.1).
 *
 * @throws ConfigurationError when a line is neither, or has an unknown name
 */
export function readAppConf(
  content: string,
  path: string,
  table: KeyTable,
  environment: Environment,
): Setting[] {
  const sections = parseSections(content, path);
  const general = sections.get('') ?? new Map<string, string>();
  const chosen = sections.get((general.get(runMode) ?? 'dev').toLowerCase());
  for (const names of sections.values()) {
    for (const name of names.keys()) {
      if (table.byAlias(name).length === 0) {
        throw new ConfigurationError(
          `unknown configuration key ${name} in ${path}; the nearest known key is ${table.nearestAlias(name)}`,
        );
      }
    }
  }
  const settings: Setting[] = [];
  for (const [name, text] of new Map([...general, ...(chosen ?? [])])) {
    for (const key of table.byAlias(name)) {
      const setting = toSetting({ key }, expandPlaceholders(text, environment), path);
      if (setting !== undefined) settings.push(setting);
    }
  }
  return settings;
}

function parseSections(content: string, path: string): Map<string, Map<string, string>> {
  let current = new Map<string, string>();
  const sections = new Map([['', current]]);
  for (const [index, rawLine] of content.split(/\r?\n/).entries()) {
    const line = rawLine.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const section = sectionLine.exec(line)?.[1];
    const [, name, value] = valueLine.exec(line) ?? [];
    if (section !== undefined) {
      const sectionName = section.trim().toLowerCase();
      current = sections.get(sectionName) ?? new Map<string, string>();
      sections.set(sectionName, current);
    } else if (name !== undefined && value !== undefined) {
      current.set(name.trim(), unquote(value.trim()));
    } else {
      throw new ConfigurationError(
        `configuration file ${path} line ${index + 1} must be a comment, a [section] or a name = value`,
      );
    }
  }
  return sections;
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value;
}
