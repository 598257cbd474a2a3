import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An export of an entry point that no docstring explains. */
export interface Undocumented {
  /** The declaration file it is declared in. */
  readonly file: string;
  readonly name: string;
}

interface Declarations {
  /** Whether each name declared at the top level has a docstring. */
  readonly documented: ReadonlyMap<string, boolean>;
  /** Names exported where they are declared. */
  readonly exported: readonly string[];
  /** `export { a as b } from './x.js'`, or without a source for a name of the file itself. */
  readonly named: readonly { readonly name: string; readonly from: string | undefined }[];
  /** `export * from './x.js'`. */
  readonly stars: readonly string[];
}

const declaration =
  /^(export )?(?:default )?(?:declare )?(?:abstract )?(?:class|function\*?|const|let|interface|type|enum|namespace) ([\w$]+)/;
const namedExport = /^export (?:type )?\{(?<names>[^}]*)\}(?: from ['"](?<from>[^'"]+)['"])?;/gm;
const starExport = /^export (?:type )?\*(?: as (?<as>[\w$]+))? from ['"](?<from>[^'"]+)['"];/gm;

/** Reads what the compiler wrote: every top level statement begins a line, and its docstring ends the line before. */
function readDeclarations(text: string): Declarations {
  const documented = new Map<string, boolean>();
  const exported: string[] = [];
  let previous = '';
  for (const line of text.split('\n')) {
    const match = declaration.exec(line);
    const name = match?.[2];
    if (name !== undefined) {
      // Overloads and merged declarations share a name: one docstring is enough.
      documented.set(name, (documented.get(name) ?? false) || previous.trimEnd().endsWith('*/'));
      if (match?.[1] !== undefined) exported.push(name);
    }
    if (line.trim() !== '') previous = line;
  }
  const named = [...text.matchAll(namedExport)].flatMap(({ groups }) =>
    (groups?.['names'] ?? '')
      .split(',')
      .map((part) => part.trim().replace(/^type /, ''))
      .filter((part) => part !== '')
      .map((part) => ({ name: part.split(' as ')[0] ?? part, from: groups?.['from'] })),
  );
  const stars = [...text.matchAll(starExport)]
    .map(({ groups }) => groups?.['from'])
    .filter((from) => from !== undefined);
  return { documented, exported, named, stars };
}

function resolve(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return join(dirname(file), specifier).replace(/\.(js|ts)$/, '.d.ts');
}

/**
 * Finds the exports of an entry point, through every re-export, that have no docstring.
 *
 * It reads the built declaration files: they hold exactly what a user of the package sees in the editor. Re-exports from
 * other packages are those packages' business.
 *
 * @param entryPoint - path of the entry point's `.d.ts`
 * @param read - gives the text of a file; throws when there is none
 */
export function undocumentedExports(
  entryPoint: string,
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): Undocumented[] {
  const found = new Map<string, Undocumented>();
  const parsed = new Map<string, Declarations>();
  const visitedStars = new Set<string>();

  function declarationsOf(file: string): Declarations {
    let declarations = parsed.get(file);
    if (declarations === undefined) {
      declarations = readDeclarations(read(file));
      parsed.set(file, declarations);
    }
    return declarations;
  }

  /** @returns whether the file declares or re-exports the name */
  function visitName(file: string, name: string): boolean {
    const { documented, named, stars } = declarationsOf(file);
    const hasDocstring = documented.get(name);
    if (hasDocstring !== undefined) {
      if (!hasDocstring) found.set(`${file}\0${name}`, { file, name });
      return true;
    }
    const reExport = named.find((entry) => entry.name === name && entry.from !== undefined);
    const sources = reExport?.from === undefined ? stars : [reExport.from];
    return sources.some((source) => {
      const target = resolve(file, source);
      return target === undefined || visitName(target, name);
    });
  }

  function visitAll(file: string): void {
    if (visitedStars.has(file)) return;
    visitedStars.add(file);
    const { exported, named, stars } = declarationsOf(file);
    for (const name of exported) visitName(file, name);
    for (const { name, from } of named) {
      const target = from === undefined ? file : resolve(file, from);
      if (target !== undefined) visitName(target, name);
    }
    for (const star of stars) {
      const target = resolve(file, star);
      if (target !== undefined) visitAll(target);
    }
  }

  visitAll(entryPoint);
  return [...found.values()];
}
