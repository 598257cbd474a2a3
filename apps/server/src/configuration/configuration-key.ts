import type { ValueType } from './value-type.ts';

/** What makes a {@link ConfigurationKey}. */
export interface ConfigurationKeyOptions<T> {
  /** The name in files and in `--set`, such as `server.port`. */
  readonly name: string;
  readonly type: ValueType<T>;
  /** The value when no source has one, as a file would give it. */
  readonly default: string;
  /** What it does, with its unit, for the documentation. */
  readonly meaning: string;
  /** `later`: known so that existing files work, but nothing reads it yet. Default `active`. */
  readonly effect?: 'active' | 'later';
  /** The environment variable, where it is not the name in upper snake case. */
  readonly environment?: string;
  /** The names in `app.conf`, where they are not the name in lower snake case. */
  readonly aliases?: readonly string[];
  /** Names that earlier generations of the registry used in their files. */
  readonly formerNames?: readonly string[];
  /** What the reference's shipped file says, where that differs from `default`. */
  readonly shipped?: string;
  /** Hides what must not be shown. Credentials in URLs are always hidden. */
  readonly mask?: (text: string) => string;
}

/**
 * One configuration key: all that is known about it. The object itself is the handle under which
 * {@link Configuration.get} gives out the value, so the value's type comes with it.
 */
export class ConfigurationKey<T> {
  readonly name: string;
  readonly type: ValueType<T>;
  readonly default: string;
  readonly meaning: string;
  readonly effect: 'active' | 'later';
  /** The environment variable that is looked up first. */
  readonly environment: string;
  /** The names in `app.conf`. */
  readonly aliases: readonly string[];
  readonly formerNames: readonly string[];
  readonly shipped: string | undefined;
  readonly #mask: (text: string) => string;

  constructor(options: ConfigurationKeyOptions<T>) {
    this.name = options.name;
    this.type = options.type;
    this.default = options.default;
    this.meaning = options.meaning;
    this.effect = options.effect ?? 'active';
    this.environment = options.environment ?? toSnake(options.name).toUpperCase();
    this.aliases = options.aliases ?? [toSnake(options.name)];
    this.formerNames = options.formerNames ?? [];
    this.shipped = options.shipped;
    this.#mask = options.mask ?? ((text) => text);
  }

  /** The name and the former names. */
  get names(): readonly string[] {
    return [this.name, ...this.formerNames];
  }

  /** @returns undefined when the text breaks the type's rule */
  parse(text: string): { readonly value: T } | undefined {
    const parsed = this.type.schema.safeParse(text);
    return parsed.success ? { value: parsed.data } : undefined;
  }

  /** The text as it may be shown. */
  show(text: string): string {
    return this.#mask(text).replaceAll(/(:\/\/[^/?#\s:@]*):[^/?#\s]*@/g, '$1:******@');
  }
}

/** A key whatever the type of its values. */
export type AnyConfigurationKey = ConfigurationKey<unknown>;

/** `registry.instance.minInterval` as `registry_instance_min_interval` (spec 05 §6.1). */
function toSnake(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[.-]/g, '_')
    .toLowerCase();
}
