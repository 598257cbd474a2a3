/** Bodies of at least this many bytes are compressed for whoever accepts it (spec 01 §1.8). */
export const minGzipBytes = 1400;

/**
 * Whether an `Accept-Encoding` names gzip with a weight above 0. A `*` does not count, as in the reference.
 */
export function acceptsGzip(acceptEncoding: string): boolean {
  if (!acceptEncoding.includes('gzip')) return false;
  if (acceptEncoding === 'gzip') return true;
  for (const part of acceptEncoding.split(',')) {
    const [coding = '', ...parameters] = part.split(';');
    if (coding.trim().toLowerCase() !== 'gzip') continue;
    const weight = parameters.map((parameter) => parameter.trim()).find(isWeight);
    return weight === undefined || Number(weight.slice(2)) > 0;
  }
  return false;
}

function isWeight(parameter: string): boolean {
  return parameter.startsWith('q=');
}
