import type { AnyConfigurationKey } from './configuration-key.ts';

/** A value that some source gave to a key. */
export interface Setting {
  readonly key: AnyConfigurationKey;
  /** For a key that holds a mapping: the member that the value is for. */
  readonly member?: string;
  /** Trimmed and not empty. */
  readonly text: string;
  /** Where it comes from, in words for the user: `flag --port`, `environment variable SERVER_PORT`, a file's path. */
  readonly origin: string;
}

/**
 * Makes a {@link Setting} of a text.
 *
 * @returns undefined for an empty text: a key without a value counts as absent (spec 05 §6.1)
 */
export function toSetting(
  target: { readonly key: AnyConfigurationKey; readonly member?: string },
  text: string,
  origin: string,
): Setting | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : { ...target, text: trimmed, origin };
}
