import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { KeptBody } from '../reply/kept-body.ts';
import { startScript } from './page.ts';

/** A file of the page. */
export interface PageAsset {
  readonly contentType: string;
  readonly content: KeptBody;
}

const script = 'text/javascript; charset=utf-8';
const own: ReadonlyMap<string, { readonly contentType: string; readonly text: string }> = new Map([
  ['start.js', { contentType: script, text: startScript }],
]);
/** The files of swagger-ui-dist that the page needs, and no others. */
const borrowed: ReadonlyMap<string, string> = new Map([
  ['swagger-ui-bundle.js', script],
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

/** The files of the documentation page: read when first asked for, then kept. */
export class PageAssets {
  readonly #loading = new Map<string, Promise<PageAsset>>();

  /** @returns undefined when the page has no such file */
  get(name: string): Promise<PageAsset> | undefined {
    const loading = this.#loading.get(name);
    if (loading !== undefined) return loading;
    const started = start(name);
    if (started === undefined) return undefined;
    this.#loading.set(name, started);
    // What cannot be read now may be there the next time.
    started.catch(() => this.#loading.delete(name));
    return started;
  }
}

function start(name: string): Promise<PageAsset> | undefined {
  const ownAsset = own.get(name);
  if (ownAsset !== undefined) {
    const { contentType, text } = ownAsset;
    return Promise.resolve({ contentType, content: new KeptBody(text) });
  }
  const contentType = borrowed.get(name);
  return contentType === undefined ? undefined : load(name, contentType);
}

async function load(name: string, contentType: string): Promise<PageAsset> {
  const manifest = fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json'));
  return { contentType, content: new KeptBody(await readFile(join(dirname(manifest), name))) };
}
