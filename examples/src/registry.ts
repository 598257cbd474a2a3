const base = process.env['REGISTRY'] ?? 'http://127.0.0.1:30100';
const prefix = '/v4/default/registry';

/** Where the websocket of a registered consumer is. */
export function watcherUrl(serviceId: string): string {
  return `${base.replace(/^http/, 'ws')}${prefix}/microservices/${serviceId}/watcher`;
}

/**
 * Sends one request to the registry.
 *
 * @returns the JSON of the answer, or undefined when it is empty
 * @throws Error with the registry's error when it refuses
 */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(`${base}${prefix}${path}`, {
    method,
    headers: { 'X-Domain-Name': 'default', 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Registers a service of the application `example`, version 1.0.0, and returns its id; the same one every time. */
export async function registerService(serviceName: string): Promise<string> {
  const answer = await call('POST', '/microservices', {
    service: { appId: 'example', serviceName, version: '1.0.0' },
  });
  return member(answer, 'serviceId');
}

/** A member of an object that has to be a string. */
export function member(object: unknown, name: string): string {
  const value: unknown =
    typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(object)}`);
  return value;
}

/** Prints a line with the time of day in front, to the millisecond. */
export function say(text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 23)} ${text}\n`);
}
