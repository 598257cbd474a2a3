import { request } from 'node:http';

import { backupRoute, controlOutcome, type ControlOutcome } from './control-message.ts';

/**
 * Has the server that owns a data directory back it up.
 *
 * @param target - an absolute path
 * @returns undefined when no server listens at the socket
 */
export async function requestBackup(
  socketPath: string,
  target: string,
): Promise<ControlOutcome | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const outgoing = request({ socketPath, method: 'POST', path: backupRoute }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    response.once('error', reject);
    response.once('end', () => {
      resolve(body);
    });
  });
  outgoing.once('error', reject);
  outgoing.end(JSON.stringify({ target }));
  try {
    return controlOutcome.parse(JSON.parse(await promise));
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw error;
  }
}

function isNobodyThere(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
  );
}
