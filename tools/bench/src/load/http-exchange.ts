import { request } from 'node:http';

/** One request that is sent over and over. */
export interface RepeatedRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer, as it has to be repeated by the bare server. */
export interface RecordedAnswer {
  readonly status: number;
  /** Names and values in turn, as they came, without those that every Node server adds itself. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const addedByNode = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** Sends a request once and records its answer. */
export function recordAnswer(baseUrl: string, repeated: RepeatedRequest): Promise<RecordedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RecordedAnswer>();
  const outgoing = request(
    new URL(repeated.path, baseUrl),
    { method: repeated.method, headers: repeated.headers },
    (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const headers: string[] = [];
        for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
          const name = incoming.rawHeaders[index] ?? '';
          if (!addedByNode.has(name.toLowerCase())) {
            headers.push(name, incoming.rawHeaders[index + 1] ?? '');
          }
        }
        resolve({ status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
      });
    },
  );
  outgoing.once('error', reject);
  outgoing.end();
  return promise;
}
