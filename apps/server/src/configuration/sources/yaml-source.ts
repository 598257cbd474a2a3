import { parseDocument } from 'yaml';

import { ConfigurationError } from '../configuration-error.ts';
import type { KeyTable } from '../key-table.ts';
import { expandPlaceholders, type Environment } from '../placeholders.ts';
import { toSetting, type Setting } from '../setting.ts';

/** What a YAML text is when every scalar stays the text that is written. */
type Tree = string | readonly Tree[] | Map<string, Tree>;

const noValue = /^(?:~|null)$/;

/**
 * Reads settings from YAML. Keys may be nested, dotted, or both.
 *
 * @throws ConfigurationError when the text is not YAML, or has an unknown key
 */
export function readYaml(
  content: string,
  path: string,
  table: KeyTable,
  environment: Environment,
): Setting[] {
  const settings: Setting[] = [];
  const visit = (tree: Tree, name: string): void => {
    const target = table.resolve(name);
    const isSection = tree instanceof Map && target?.key.type.isMapping !== true;
    if (target !== undefined && !isSection) {
      const setting = toSetting(target, toText(tree), path);
      if (setting !== undefined) settings.push(setting);
    } else if (tree instanceof Map) {
      for (const [member, value] of tree) visit(value, name === '' ? member : `${name}.${member}`);
    } else if (tree !== '' || !table.isSection(name)) {
      throw new ConfigurationError(unknownKey(name, path, table));
    }
  };
  visit(parse(content, path, environment), '');
  return settings;
}

function unknownKey(name: string, path: string, table: KeyTable): string {
  if (name === '') return `configuration file ${path} must hold a mapping of keys to values`;
  return `unknown configuration key ${name} in ${path}; the nearest known key is ${table.nearest(name)}`;
}

function parse(content: string, path: string, environment: Environment): Tree {
  // Scalars as texts: what 0600, 1e3, yes and 12:30 mean is for the key's type to say, not for YAML to guess.
  const document = parseDocument(content, { schema: 'failsafe' });
  const problem = document.errors[0];
  if (problem !== undefined) {
    // Later lines of the message quote the file, and with it perhaps a secret.
    const summary = problem.message.split('\n', 1).join('').replace(/:$/, '');
    throw new ConfigurationError(`configuration file ${path} is not valid YAML: ${summary}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ mapAsMap: true, maxAliasCount: 100 });
  } catch (cause) {
    throw new ConfigurationError(
      `configuration file ${path} is not valid YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return toTree(value, environment);
}

function toTree(value: unknown, environment: Environment): Tree {
  if (Array.isArray(value)) return value.map((item: unknown) => toTree(item, environment));
  if (value instanceof Map) {
    return new Map(
      [...value.entries()].map(([name, item]: [unknown, unknown]) => [
        typeof name === 'string' ? name : '',
        toTree(item, environment),
      ]),
    );
  }
  if (typeof value !== 'string' || noValue.test(value)) return '';
  return expandPlaceholders(value, environment);
}

/** A list of scalars in the form of a comma separated value, anything deeper as JSON. */
function toText(tree: Tree): string {
  if (typeof tree === 'string') return tree;
  if (!(tree instanceof Map) && tree.length > 0 && tree.every((item) => typeof item === 'string')) {
    return tree.join(',');
  }
  return JSON.stringify(toJson(tree));
}

function toJson(tree: Tree): unknown {
  if (typeof tree === 'string') return tree;
  if (tree instanceof Map) {
    return Object.fromEntries([...tree].map(([name, item]) => [name, toJson(item)]));
  }
  return tree.map(toJson);
}
