/** Request targets of this length and more are refused (spec 01 §8). */
const maxUriLength = 2048;
const refusedEndings = ';&?+@';

/**
 * The rule for the raw request target, query included (spec 01 §1.2). Note that a version rule such as `1.0.0+` as
 * the last parameter is refused, `1.0.0%2B` is not.
 */
export function isRefusedUri(uri: string): boolean {
  return (
    uri === '' ||
    uri.length >= maxUriLength ||
    refusedEndings.includes(uri.charAt(uri.length - 1)) ||
    uri.startsWith('.') ||
    uri.includes('//')
  );
}
