import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// The limit that our servers are measured against: node:http and nothing else, sending recorded bytes.
const [answerFile = ''] = process.argv.slice(2);
const answer: unknown = JSON.parse(readFileSync(answerFile, 'utf8'));
const { status, headers, body } = readAnswer(answer);

const server = createServer((_request, response) => {
  response.writeHead(status, headers);
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) {
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
  }
});

function readAnswer(value: unknown): { status: number; headers: string[]; body: Buffer } {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('status' in value && 'headers' in value && 'body' in value) ||
    typeof value.status !== 'number' ||
    !Array.isArray(value.headers) ||
    typeof value.body !== 'string'
  ) {
    throw new TypeError(`${answerFile} holds no recorded answer`);
  }
  return {
    status: value.status,
    headers: value.headers.map(String),
    body: Buffer.from(value.body, 'base64'),
  };
}
