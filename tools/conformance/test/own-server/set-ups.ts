import type { Profile } from '../../src/case/case.ts';

/** How a server of ours is started to be judged. */
export interface OwnSetUp {
  readonly profile: Profile;
  readonly environment: Readonly<Record<string, string>>;
  /** Also random requests, this many. */
  readonly fuzzRequests: number;
  /** What it shows, as the name of a test. */
  readonly about: string;
}

/** Every set-up that there are cases for. */
export const ownSetUps: readonly OwnSetUp[] = [
  {
    profile: 'default',
    environment: {},
    fuzzRequests: 500,
    about: 'does all that the contract demands, and withstands random requests',
  },
  {
    profile: 'quota',
    environment: { QUOTA_SERVICE: '3', QUOTA_INSTANCE: '3' },
    fuzzRequests: 0,
    about: 'keeps to its quotas',
  },
  {
    profile: 'schema-disabled',
    environment: { SCHEMA_DISABLE: 'true' },
    fuzzRequests: 0,
    about: 'takes no single schema where that is switched off',
  },
  {
    profile: 'schema-frozen',
    environment: { SCHEMA_EDITABLE: 'false' },
    fuzzRequests: 0,
    about: 'protects the schemas of services in production where they are frozen',
  },
];
