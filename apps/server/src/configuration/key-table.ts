import type { AnyConfigurationKey } from './configuration-key.ts';
import { keyAreas } from './key-areas.ts';
import { nearestName } from './nearest-name.ts';

/** A name, resolved: the key, and for a key that holds a mapping, the member that the name goes on to. */
export interface ResolvedName {
  readonly key: AnyConfigurationKey;
  readonly member?: string;
}

/** Every configuration key there is, and how names find them. */
export class KeyTable {
  readonly keys: readonly AnyConfigurationKey[];
  readonly #byName = new Map<string, AnyConfigurationKey>();
  readonly #byAlias = new Map<string, AnyConfigurationKey[]>();

  constructor() {
    const all = keyAreas().flatMap((area) => area.keys);
    this.keys = all;
    for (const key of all) {
      for (const name of key.names) this.#byName.set(name, key);
      for (const alias of key.aliases) {
        this.#byAlias.set(alias, [...(this.#byAlias.get(alias) ?? []), key]);
      }
    }
  }

  /** Finds the key of a name as files and `--set` write it. */
  resolve(name: string): ResolvedName | undefined {
    const key = this.#byName.get(name);
    if (key !== undefined) return { key };
    for (const candidate of this.keys) {
      if (candidate.type.isMapping === true && name.startsWith(`${candidate.name}.`)) {
        return { key: candidate, member: name.slice(candidate.name.length + 1) };
      }
    }
    return undefined;
  }

  /** Whether known names go on after this one and a dot. */
  isSection(name: string): boolean {
    return [...this.#byName.keys()].some((known) => known.startsWith(`${name}.`));
  }

  /** Finds the keys of a name of `app.conf`; one name can stand for several. */
  byAlias(alias: string): readonly AnyConfigurationKey[] {
    return this.#byAlias.get(alias) ?? [];
  }

  /** The known name that a mistyped one most likely means. */
  nearest(name: string): string {
    return nearestName(name, this.#byName.keys()) ?? '';
  }

  /** The known name of `app.conf` that a mistyped one most likely means. */
  nearestAlias(alias: string): string {
    return nearestName(alias, this.#byAlias.keys()) ?? '';
  }
}
