import type { ReplyStream } from './reply-stream.ts';

/** A body that is compressed when first asked for, and kept so. */
interface BodyCompressor {
  /** The body in gzip form, when somebody asked for it before. */
  readonly gzipBody: Buffer | undefined;
  gzip(): Promise<Buffer>;
}

/** What a handler answers; how it gets onto the wire is the pipeline's business. */
export interface Reply {
  readonly status: number;
  /** Names and values in turns, besides those that every answer carries. */
  readonly headers: readonly string[];
  /** `''` for no body. */
  readonly body: string | Buffer;
  /** Compresses the body once for all who want it; without it, it is compressed for each. */
  readonly compressor?: BodyCompressor;
  /** The same object answers many requests, so its head is worth keeping. */
  readonly isShared?: true;
  /** Writes the body, which is then left empty here; it is never compressed, and its connection serves nothing else. */
  readonly stream?: ReplyStream;
}

const json = ['Content-Type', 'application/json; charset=UTF-8'] as const;
const plain = ['Content-Type', 'text/plain; charset=UTF-8'] as const;

/** 200 without a body (spec 01 §1.8). */
export const emptyReply: Reply = Object.freeze({
  status: 200,
  headers: plain,
  body: '',
  isShared: true,
});

/** 200 with a JSON text. @param headers - names and values in turns */
export function jsonReply(body: string, headers: readonly string[] = []): Reply {
  return { status: 200, headers: [...json, ...headers], body };
}

/** 200 without a body, with headers. @param headers - names and values in turns */
export function emptyReplyWith(headers: readonly string[]): Reply {
  return { status: 200, headers: [...plain, ...headers], body: '' };
}

/**
 * 200 with server-sent events. No cache may keep them, and no proxy may gather them until they fill a buffer: `nginx`
 * does unless told so.
 */
export function eventStreamReply(stream: ReplyStream): Reply {
  const headers = [
    'Content-Type',
    'text/event-stream',
    'Cache-Control',
    'no-store',
    'X-Accel-Buffering',
    'no',
  ];
  return { status: 200, headers, body: '', stream };
}

/** A text that stands for itself, such as `404 page not found` (spec 01 §1.4). */
export function textReply(status: number, body: string, headers: readonly string[] = []): Reply {
  return {
    status,
    headers: ['Content-Type', 'text/plain; charset=utf-8', ...headers],
    body,
    isShared: true,
  };
}

/** An error envelope (spec 01 §5.1). */
export function errorReply(status: number, envelope: string): Reply {
  return { status, headers: json, body: envelope };
}

/** 304: the client's copy is still right (spec 01 §1.8). */
export function notModifiedReply(revision: string): Reply {
  return { status: 304, headers: ['X-Resource-Revision', revision], body: '' };
}
