import { keyAreas, type AnyConfigurationKey, type KeyArea } from '../src/configuration/index.ts';

const introduction = `# Configuration

<!-- Made from the table of keys: \`pnpm --filter @service-center/server run document\`. -->

A value comes from the strongest source that has one:

1. flags: \`--host\`, \`--port\`, \`--data-dir\`, and \`--set key=value\` for any key
2. environment variables: the one in the table, else the key in upper snake case (\`server.request.maxBodyBytes\` is
   \`SERVER_REQUEST_MAX_BODY_BYTES\`), else the key with \`_\` for each dot
3. YAML files: those named with \`--config FILE\`, later ones over earlier ones; without the flag \`conf/app.yaml\` and
   \`conf/syncer.yaml\`, where they exist, in the directory \`APP_ROOT\` or the working directory
4. \`conf/app.conf\`, or a \`--config\` file that ends in \`.conf\`, with the names of the 1.x generation
5. the default

\`--print-config\` shows every value with its source. In a file, \`\${NAME||default}\` stands for an environment variable;
\`\${NAME^^||default}\` and \`\${NAME,,||default}\` turn it to upper and lower case. A key without a value counts as absent.
Relative paths start from \`APP_ROOT\`, else from the working directory; that of \`--data-dir\` from the working directory.

An unknown key, or a value that breaks its rule, ends the start with a line that says which and why. Keys marked _not yet_
are known, so that existing files work, and have no effect in this version: setting them gives one warning.
Environment variables that are no key's are ignored.
`;

/** Writes the reference page of every configuration key, in the form that the formatter leaves alone. */
export function renderConfigurationDocument(): string {
  return [introduction, ...keyAreas().map(renderArea)].join('\n');
}

function renderArea(area: KeyArea): string {
  const rows = [
    ['Key', 'Default', 'Meaning', 'Value', 'Environment variable', 'Name in app.conf'],
    ...area.keys.map(renderKey),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  lines.splice(
    1,
    0,
    widths.map((width) => '-'.repeat(width)),
  );
  return `## ${area.title}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;
}

function renderKey(key: AnyConfigurationKey): string[] {
  const notes = [
    key.effect === 'later' ? '_not yet_: ' : '',
    key.meaning,
    key.formerNames.length === 0 ? '' : ` Formerly ${key.formerNames.map(code).join(', ')}.`,
    key.shipped === undefined ? '' : ` The reference's file says ${code(key.shipped)}.`,
  ];
  return [
    code(key.name),
    key.default === '' ? '' : code(key.default),
    notes.join(''),
    key.type.rule,
    code(key.environment),
    key.aliases.map(code).join(', '),
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}
