import type { Position, ResourceType } from '@service-center/sdcommon';

/** How one cache compares with the store. */
export interface TypeCheck {
  readonly type: ResourceType;
  /** How many records were compared; those that changed meanwhile, or are held, are left to the next check. */
  readonly compared: number;
  /** SHA-1 over key and revision of the compared records, in the order of keys: as stored, and as cached. */
  readonly storeDigest: string;
  readonly cacheDigest: string;
  /** Records that are stored and not cached. */
  readonly missing: number;
  /** Records that are cached with another revision or content. */
  readonly stale: number;
  /** Records that are cached and not stored. */
  readonly extra: number;
  /** The keys of some of them. */
  readonly examples: readonly string[];
}

/** How the caches compare with the store at one position. */
export interface CacheCheck {
  /** The position of the list that was compared with. */
  readonly position: Position;
  readonly isEqual: boolean;
  /** Whether the caches reached the position in time; nothing was compared otherwise. */
  readonly isReached: boolean;
  readonly types: readonly TypeCheck[];
}
