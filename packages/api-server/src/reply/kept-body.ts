import { promisify } from 'node:util';
import { constants, gzip as gzipWithCallback } from 'node:zlib';

const gzip = promisify(gzipWithCallback);

/** A body that is sent again and again: compressed once, as small as it gets. */
export class KeptBody {
  readonly body: Buffer;
  #compressing: Promise<Buffer> | undefined;
  #gzipBody: Buffer | undefined;

  constructor(body: Buffer | string) {
    this.body = typeof body === 'string' ? Buffer.from(body) : body;
  }

  /** The body in gzip form, when somebody asked for it before. */
  get gzipBody(): Buffer | undefined {
    return this.#gzipBody;
  }

  /** The body in gzip form. */
  gzip(): Promise<Buffer> {
    this.#compressing ??= this.#compress();
    return this.#compressing;
  }

  async #compress(): Promise<Buffer> {
    this.#gzipBody = await gzip(this.body, { level: constants.Z_BEST_COMPRESSION });
    return this.#gzipBody;
  }
}
