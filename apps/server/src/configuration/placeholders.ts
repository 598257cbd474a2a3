const placeholder = /\$\{([^}|^,]+)(\^\^|,,)?(?:\|\|([^}]*))?\}/g;
const variable = /\$(?:\{(\w+)\}|(\w+))/g;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces `${NAME||default}` in a value of a file; `${NAME^^||default}` and `${NAME,,||default}` in upper and lower
 * case. A variable that is missing or empty takes the default (spec 05 §6.1).
 */
export function expandPlaceholders(text: string, environment: Environment): string {
  return text.replaceAll(
    placeholder,
    (_, name: string, letterCase: string | undefined, fallback: string | undefined) => {
      const value = environment[name.trim()] ?? '';
      const chosen = value === '' ? (fallback ?? '') : value;
      if (letterCase === undefined) return chosen;
      return letterCase === '^^' ? chosen.toUpperCase() : chosen.toLowerCase();
    },
  );
}

/** Replaces `$NAME` and `${NAME}` in a path; missing variables are empty. */
export function expandVariables(path: string, environment: Environment): string {
  return path.replaceAll(
    variable,
    (_, braced: string | undefined, plain: string | undefined) =>
      environment[braced ?? plain ?? ''] ?? '',
  );
}
