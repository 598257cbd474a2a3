import { isJsonArray, isJsonObject, type Json } from '../case/json.ts';
import type { WireRequest } from '../exchange/exchange.ts';
import type { SeededRandom } from '../run/seeded-random.ts';
import { withValue } from '../validation/field-places.ts';
import { nastyLiterals, nastySegments, nastyTexts, nastyValues } from './nasty-values.ts';

/** A request before it is written as bytes. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PURGE'];

const parameters = [
  'rev',
  'noCache',
  'cacheOnly',
  'global',
  'env',
  'appId',
  'serviceName',
  'version',
  'tags',
  'type',
  'force',
  'value',
  'withSchema',
  'withShared',
  'options',
  'countOnly',
  'property',
  'sameDomain',
  'noSelf',
  ':serviceId',
  ':project',
  '__proto__',
];

const headerNames = [
  'X-ConsumerId',
  'X-Domain-Name',
  'X-Tenant-Name',
  'Accept-Encoding',
  'Origin',
  'X-Real-Ip',
  'X-Forwarded-For',
  'Authorization',
  'Content-Type',
  'Expect-Nothing',
  'If-None-Match',
];

/** Makes one to three changes to a right request, and gives the bytes to send. */
export function mutate(request: FuzzRequest, random: SeededRandom): WireRequest {
  let mutated = request;
  const changes = 1 + random.below(3);
  for (let change = 0; change < changes; change += 1) mutated = changeOnce(mutated, random);
  const { body, ...rest } = mutated;
  if (body === undefined) return rest;
  const bytes = mutateBytes(writeJson(body, random), random);
  return { ...rest, body: random.chance(0.1) ? cut(bytes, random) : bytes };
}

function changeOnce(request: FuzzRequest, random: SeededRandom): FuzzRequest {
  const { body } = request;
  const kind = random.below(body === undefined ? 4 : 10);
  if (kind === 0) return { ...request, path: changeSegment(request.path, random) };
  if (kind === 1) return { ...request, path: changeQuery(request.path, random) };
  if (kind === 2) return { ...request, headers: { ...request.headers, ...oddHeader(random) } };
  if (kind === 3 || body === undefined) {
    return random.chance(0.3) ? { ...request, method: random.pick(methods) } : request;
  }
  return { ...request, body: changeValue(body, random) };
}

function changeSegment(path: string, random: SeededRandom): string {
  const [before = '', ...query] = path.split('?');
  const segments = before.split('/');
  const index = 1 + random.below(segments.length - 1);
  const nasty = random.pick(nastySegments);
  const action = random.below(4);
  if (action === 0) segments.splice(index, 1);
  else if (action === 1) segments.splice(index, 0, nasty);
  else segments[index] = nasty;
  return [segments.join('/'), ...query].join('?').slice(0, 4000) || '/';
}

function changeQuery(path: string, random: SeededRandom): string {
  const name = encodeURIComponent(random.pick(parameters));
  const text = random.pick(nastyTexts).toWellFormed().slice(0, 200);
  const value = random.chance(0.8) ? encodeURIComponent(text) : random.pick(nastySegments);
  const pair = random.chance(0.1) ? name : `${name}=${value}`;
  const [before = '', query = ''] = path.split('?');
  return `${before}?${random.chance(0.5) ? `${pair}&${query}` : `${query}&${pair}`}`;
}

function oddHeader(random: SeededRandom): Record<string, string> {
  // Other characters cannot be sent as the value of a header at all.
  const value = random.pick(nastyTexts).replaceAll(/[^\u0021-\u007e\u00a0-\u00ff]/g, '');
  return { [random.pick(headerNames)]: value.slice(0, 2000) };
}

function changeValue(body: Json, random: SeededRandom): Json {
  const places = placesIn(body);
  const place = random.pick(places);
  const action = random.below(10);
  if (action === 0) return withValue(body, place, undefined);
  if (action === 1) return withValue(body, [...place, random.pick(nastyTexts)], 'x');
  if (action === 2 && place.length > 0) return withValue(body, place, [random.pick(nastyValues)]);
  return withValue(body, place, random.pick(nastyValues));
}

function placesIn(value: Json, at: readonly string[] = []): (readonly string[])[] {
  const members = isJsonArray(value)
    ? [...value.entries()].map(([index, item]) => [String(index), item] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return [at, ...members.flatMap(([name, member]) => placesIn(member, [...at, name]))];
}

/** Writes JSON, now and then with a repeated name, a literal that JSON does not have, or another letter case. */
function writeJson(value: Json, random: SeededRandom): string {
  if (random.chance(0.01)) return random.pick(nastyLiterals);
  if (isJsonArray(value)) return `[${value.map((item) => writeJson(item, random)).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const written = random.chance(0.02) ? name.toUpperCase() : name;
    const pair = `${JSON.stringify(written)}:${writeJson(member, random)}`;
    return random.chance(0.02) ? [`${JSON.stringify(name)}:null`, pair] : [pair];
  });
  return `{${members.join(',')}}`;
}

function mutateBytes(text: string, random: SeededRandom): Buffer {
  const bytes = Buffer.from(text);
  if (random.chance(0.85) || bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1: {
      bytes[at] = random.below(256);
      return bytes;
    }
    case 2:
      return Buffer.concat([bytes, Buffer.from(random.pick(nastyLiterals))]);
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from([0xff, 0xfe, 0x00]),
        bytes.subarray(at),
      ]);
    case 4:
      return Buffer.from('['.repeat(1 + random.below(20_000)));
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(' '.repeat(6000)),
        bytes.subarray(at),
      ]);
  }
}

function cut(bytes: Buffer, random: SeededRandom): Buffer[] {
  const at = random.below(bytes.length + 1);
  return [bytes.subarray(0, at), bytes.subarray(at)].filter((part) => part.length > 0);
}
