import type { Configuration } from './configuration.ts';

/**
 * Writes the effective configuration as YAML with the origin of each value as a comment. Secrets are hidden; apart
 * from them the text can be used as a configuration file.
 */
export function printConfiguration(configuration: Configuration): string {
  const lines = configuration.settings.map(({ key, text, origin }) => {
    const assignment = `${key.name}: ${quote(key.show(text))}`;
    return `${assignment.padEnd(60)} # ${origin}\n`;
  });
  return lines.join('');
}

/** Plain where YAML reads it back as the same text. */
function quote(text: string): string {
  return /^[\w./][\w./:-]*$/.test(text) && !text.endsWith(':') ? text : JSON.stringify(text);
}
