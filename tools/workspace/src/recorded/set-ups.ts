/** A server set-up whose exchanges were recorded, and how ours is started to be compared. */
export interface RecordedSetUp {
  /** The folder of recordings. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Scenarios of routes that are not served yet, left out by name with a notice. */
  readonly notServedYet: readonly string[];
}

/** The set-ups that need no access control. */
export const recordedSetUps: readonly RecordedSetUp[] = [
  {
    folder: 'sc-2.x',
    environment: {},
    notServedYet: ['gov-validate', 'syncer-off'],
  },
  { folder: 'sc-2.x-quirks', environment: {}, notServedYet: [] },
  { folder: 'sc-1.3', environment: {}, notServedYet: [] },
  { folder: 'sc-1.3-quirks', environment: {}, notServedYet: [] },
  {
    folder: 'sc-2.x-quota',
    environment: { QUOTA_SERVICE: '3', QUOTA_INSTANCE: '3', QUOTA_SCHEMA: '3', QUOTA_TAG: '3' },
    notServedYet: [],
  },
  {
    folder: 'sc-2.x-shared',
    environment: { CSE_SHARED_SERVICES: 'golden-shared' },
    notServedYet: [],
  },
  {
    folder: 'sc-2.x-schema-disabled',
    environment: { SCHEMA_DISABLE: 'true' },
    notServedYet: [],
  },
];
