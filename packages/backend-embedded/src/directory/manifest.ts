import { randomUUID } from 'node:crypto';

import { StoreOpenError } from './store-open-error.ts';

/** What every manifest calls the format. */
const formatName = 'service-center-embedded';

/** The format that this version writes, and the newest it reads. */
const formatVersion = 1;

/**
 * What has become of a directory.
 *
 * `creating`: the first start was not finished, nothing in it was ever acknowledged. `restoring`: a restore was not
 * finished. `ready`: a store. `backup`: a copy, not to be opened as a store, because it and the store it was taken
 * from would give the same revisions to different changes.
 */
export type ManifestState = 'creating' | 'restoring' | 'ready' | 'backup';

const states: readonly string[] = [
  'creating',
  'restoring',
  'ready',
  'backup',
] satisfies ManifestState[];

/** What a directory says about itself. */
export interface Manifest {
  readonly state: ManifestState;
  /** Identifies the history of revisions: the epoch of positions. */
  readonly storeId: string;
  /** When the store came into being, ISO 8601; for people. */
  readonly created: string;
}

/** The manifest of a store that is about to come into being. */
export function newManifest(state: ManifestState, wallMs: number): Manifest {
  return { state, storeId: randomUUID(), created: new Date(wallMs).toISOString() };
}

/** The text of a manifest file. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify({ format: formatName, version: formatVersion, ...manifest }, null, 2)}\n`;
}

/**
 * Reads the text of a manifest file.
 *
 * @throws StoreOpenError `damaged`, `foreign` or `newer`
 */
export function parseManifest(text: string, directory: string): Manifest {
  const fields = parseObject(text);
  if (fields === undefined) {
    throw new StoreOpenError(
      'damaged',
      directory,
      'manifest.json is damaged: it is no JSON object',
    );
  }
  const format = fields.get('format');
  if (format !== formatName) {
    throw new StoreOpenError('foreign', directory, 'manifest.json belongs to another program');
  }
  const version = fields.get('version');
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new StoreOpenError(
      'damaged',
      directory,
      'manifest.json is damaged: version is no number',
    );
  }
  if (version > formatVersion) {
    throw new StoreOpenError(
      'newer',
      directory,
      `written by a newer version (format ${version}, this one reads up to ${formatVersion})`,
    );
  }
  const state = fields.get('state');
  const storeId = fields.get('storeId');
  const created = fields.get('created');
  if (
    !isState(state) ||
    typeof storeId !== 'string' ||
    storeId === '' ||
    typeof created !== 'string'
  ) {
    throw new StoreOpenError('damaged', directory, 'manifest.json is damaged: a field is missing');
  }
  return { state, storeId, created };
}

function isState(value: unknown): value is ManifestState {
  return typeof value === 'string' && states.includes(value);
}

function parseObject(text: string): Map<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}
