import type { ConfigurationKey } from './configuration-key.ts';
import * as keys from './keys/index.ts';
import { nearestName } from './nearest-name.ts';

/** A key whatever the type of its values. */
export type AnyConfigurationKey = ConfigurationKey<unknown>;

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

  constructor(all: readonly AnyConfigurationKey[] = allKeys()) {
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

/** The keys of every area, in the order in which they are printed and documented. */
function allKeys(): AnyConfigurationKey[] {
  const areas: readonly Readonly<Record<string, AnyConfigurationKey>>[] = [
    keys.serverKeys,
    keys.registryKeys,
    keys.quotaKeys,
    keys.identityKeys,
    keys.logKeys,
    keys.observabilityKeys,
    keys.sslKeys,
    keys.securityKeys,
    keys.storeKeys,
    keys.replicationKeys,
    keys.consoleKeys,
  ];
  return areas.flatMap((area) => Object.values(area));
}
