const secretName = /password|passwd|secret|token|key|pwd|credential/i;

/** What is shown in place of a secret. */
const hidden = '******';

/**
 * Hides the members of a JSON text whose names speak of secrets (spec 05 §2.1). A text that is no JSON is hidden whole:
 * it may be a secret that was mistyped.
 */
export function maskSecretMembers(text: string): string {
  if (text === '') return text;
  try {
    return JSON.stringify(JSON.parse(text), (name, value: unknown) =>
      typeof value === 'string' && secretName.test(name) ? hidden : value,
    );
  } catch {
    return hidden;
  }
}
