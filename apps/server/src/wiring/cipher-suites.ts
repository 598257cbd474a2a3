import { getCiphers } from 'node:tls';

/** What a list of cipher suites comes to. */
export interface CipherSuites {
  /** Those that the runtime has, by the names that it takes. */
  readonly known: readonly string[];
  /** The other names. */
  readonly unknown: readonly string[];
}

/**
 * Finds the cipher suites that are meant by their IANA names (`TLS_RSA_WITH_AES_128_CBC_SHA256`), as the reference has
 * them, or OpenSSL's (`AES128-SHA256`), which the runtime takes.
 */
export function findCipherSuites(names: readonly string[]): CipherSuites {
  // Those with a secret agreed on beforehand do without the certificates that are all this server has.
  const available = new Set(getCiphers().filter((cipher) => !/psk|srp/.test(cipher)));
  const known = new Set<string>();
  const unknown: string[] = [];
  for (const name of names) {
    const cipher = openSslName(name.toUpperCase());
    if (available.has(cipher.toLowerCase())) known.add(cipher);
    else unknown.push(name);
  }
  return { known: [...known], unknown };
}

/** Of TLS 1.3 both names are the same, and have no `_WITH_`. */
function openSslName(name: string): string {
  const [, exchange, cipher] = /^TLS_(\w+)_WITH_(\w+)$/.exec(name) ?? [];
  if (exchange === undefined || cipher === undefined) return name;
  const short = cipher
    .replace(/^AES_(\d+)(?:_CBC)?/, 'AES$1')
    .replace(/(?<=POLY1305)_SHA256$/, '')
    .replaceAll('_', '-');
  return exchange === 'RSA' ? short : `${exchange.replaceAll('_', '-')}-${short}`;
}
