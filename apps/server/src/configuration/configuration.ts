import type { AnyConfigurationKey, ConfigurationKey } from './configuration-key.ts';

/** The text of a key and where it comes from. */
export interface EffectiveSetting {
  readonly key: AnyConfigurationKey;
  readonly text: string;
  /** In words, such as `default` or `flag --port`. */
  readonly origin: string;
}

/** What {@link EffectiveSetting.origin} says of a key that no source sets. */
export const defaultOrigin = 'default';

/** The configuration the server runs with: every key has a valid value. */
export class Configuration {
  /** The directory that relative paths start from: `APP_ROOT`, or the working directory. */
  readonly root: string;
  readonly #settings: ReadonlyMap<AnyConfigurationKey, EffectiveSetting>;

  /** @param settings - of every key, validated */
  constructor(root: string, settings: readonly EffectiveSetting[]) {
    this.root = root;
    this.#settings = new Map(settings.map((setting) => [setting.key, setting]));
  }

  /** Every key, in the order of the table. */
  get settings(): readonly EffectiveSetting[] {
    return [...this.#settings.values()];
  }

  /** The value of a key. */
  get<T>(key: ConfigurationKey<T>): T {
    const parsed = key.parse(this.#settings.get(key)?.text ?? key.default);
    if (parsed === undefined) throw new Error(`${key.name} was not validated`);
    return parsed.value;
  }

  /** Where the value of a key comes from, in words. */
  originOf(key: AnyConfigurationKey): string {
    return this.#settings.get(key)?.origin ?? defaultOrigin;
  }

  /** Keys that some source sets although nothing reads them in this version. */
  get settingsWithoutEffect(): readonly EffectiveSetting[] {
    return this.settings.filter(
      ({ key, origin }) => key.effect === 'later' && origin !== defaultOrigin,
    );
  }
}
